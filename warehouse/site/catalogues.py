"""Describe a published release for data portals, machine learning and reference managers: DCAT, Croissant, CITATION.cff and DataCite.

Each is made of the datasets' metadata; `warehouse.export.package` has the description for search engines.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from warehouse.export.package import KEYWORDS, MEDIA, TITLE, covered, subjects

MAKER = "dyad"
AUTHORITY = "http://publications.europa.eu/resource/authority"
DCAT_TERMS = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
CROISSANT_TERMS = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/", "rai": "http://mlcommons.org/croissant/RAI/", "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in (
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes",
        "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace",
        "samplingRate", "separator", "source", "subField", "transform",
    )},
}  # fmt: skip
CROISSANT_TYPES = {
    "VARCHAR": "sc:Text", "VARCHAR[]": "sc:Text", "BIGINT": "sc:Integer", "DOUBLE": "sc:Float", "BOOLEAN": "sc:Boolean", "DATE": "sc:Date",
}  # fmt: skip


class Release(NamedTuple):
    """A release as it is published.

    `address` is that of its folder, with a slash at its end; `previous` that of the release it follows, if the site has it;
    `published_on` the day of its publication, as ISO text; `described` the metadata of its datasets; `files` the size and SHA-256 of
    their files by name; `names` the names of its states by code.
    """

    name: str
    as_of: str
    address: str
    previous: str | None
    published_on: str
    described: Sequence[dict[str, Any]]
    files: Mapping[str, tuple[int, str]]
    names: Mapping[str, str]

    @property
    def about(self) -> str:
        """Return a sentence about the release."""
        states = ", ".join(self.names.values())
        return (
            f"Chart-ready datasets on how closely states train, trade and vote together ({states}), from what was public on {self.as_of}."
        )

    @property
    def origins(self) -> list[dict[str, Any]]:
        """Return the sources that the datasets cite, each once."""
        return list({origin["source"]: origin for m in self.described for origin in m["origins"]}.values())


def dcat(release: Release) -> dict[str, Any]:
    """Return a catalogue in DCAT with the properties that DCAT-AP requires or recommends, one dataset per table."""
    publisher = {"@id": f"{release.address}#publisher", "@type": "foaf:Agent", "foaf:name": MAKER}
    return {
        "@context": DCAT_TERMS,
        "@id": f"{release.address}dcat.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": TITLE,
        "dct:description": release.about,
        "dct:publisher": publisher,
        "dct:language": {"@id": f"{AUTHORITY}/language/ENG"},
        "dct:issued": _day(release.published_on),
        "dct:modified": _day(release.published_on),
        "foaf:homepage": {"@id": f"{release.address}index.html"},
        "dcat:dataset": [_dcat_dataset(m, release, publisher) for m in release.described],
    }


def _dcat_dataset(m: dict[str, Any], release: Release, publisher: dict[str, str]) -> dict[str, Any]:
    return {
        "@id": f"{release.address}#{m['dataset']}",
        "@type": "dcat:Dataset",
        "dct:title": m["title"],
        "dct:description": f"{m['description']} Not shown: {m['not_shown']}.",
        "dct:identifier": f"{release.name}/{m['dataset']}",
        "dct:publisher": publisher,
        "dct:issued": _day(release.published_on),
        "dct:modified": _day(release.as_of),
        "dct:language": {"@id": f"{AUTHORITY}/language/ENG"},
        "dct:spatial": [{"@id": f"{AUTHORITY}/country/{code}", "@type": "dct:Location", "rdfs:label": release.names[code]} for code in covered(m)],
        **_period(m["coverage"]["first"], m["coverage"]["last"]),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": m["counting_rule"]},
        "dcat:keyword": subjects(m, release.names),
        "dcat:version": release.name,
        "dcat:landingPage": {"@id": f"{release.address}index.html#{m['dataset']}"},
        "dcat:distribution": [_dcat_distribution(m, suffix, media, release) for suffix, media in MEDIA.items()],
    }  # fmt: skip


def _period(first: str | None, last: str | None) -> dict[str, Any]:
    """Return the time that a dataset covers; nothing if it has no rows."""
    if first is None or last is None:
        return {}
    return {"dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(first), "dcat:endDate": _day(last)}}


def _dcat_distribution(m: dict[str, Any], suffix: str, media: str, release: Release) -> dict[str, Any]:
    name = f"{m['dataset']}.{suffix}"
    (size, sha256), address = release.files[name], {"@id": f"{release.address}charts/{name}"}
    terms = "; ".join(dict.fromkeys(f"{origin['producer']}: {origin['licence']}" for origin in m["origins"]))
    return {
        "@id": f"{release.address}#{name}",
        "@type": "dcat:Distribution",
        "dct:title": name,
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": f"The figures stay under their publishers' terms. {terms}."},
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": sha256},
        },
    }


def _day(text: str) -> dict[str, str]:
    """Return a literal of XML Schema for an ISO day or a year."""
    return {"@type": "xsd:gYear" if len(text) == 4 else "xsd:date", "@value": text}


def croissant(release: Release) -> dict[str, Any]:
    """Return a Croissant description (1.0): a Parquet file and a record set per table."""
    year, month, day = (int(part) for part in release.as_of.split("-"))
    return {
        "@context": CROISSANT_TERMS,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": MAKER,
        "description": release.about,
        "url": f"{release.address}index.html",
        "version": f"{year}.{month}.{day}+{release.name[11:]}",  # as semantic versioning, which Croissant requires
        "datePublished": release.published_on,
        "creator": {"@type": "sc:Organization", "name": MAKER},
        "citeAs": _cite(release),
        "keywords": [*KEYWORDS, *release.names.values()],
        "license": list(dict.fromkeys(origin["licence_url"] or origin["licence"] for origin in release.origins)),
        "distribution": [_file_object(m, release) for m in release.described],
        "recordSet": [_record_set(m) for m in release.described],
    }


def _file_object(m: dict[str, Any], release: Release) -> dict[str, Any]:
    name = f"{m['dataset']}.parquet"
    size, sha256 = release.files[name]
    return {
        "@type": "cr:FileObject", "@id": name, "name": name, "contentUrl": f"{release.address}charts/{name}", "contentSize": f"{size} B",
        "encodingFormat": "application/x-parquet", "sha256": sha256,
    }  # fmt: skip


def _record_set(m: dict[str, Any]) -> dict[str, Any]:
    name = m["dataset"]
    return {
        "@type": "cr:RecordSet", "@id": name, "name": name, "description": f"{m['description']} {' '.join(m['description_key'])}",
        "key": [{"@id": f"{name}/{column}"} for column in m["primary_key"]],
        "field": [
            {
                "@type": "cr:Field", "@id": f"{name}/{c['name']}", "name": c["name"], "description": c["description"],
                "dataType": CROISSANT_TYPES[c["type"]], **({"repeated": True} if c["type"] == "VARCHAR[]" else {}),
                "source": {"fileObject": {"@id": f"{name}.parquet"}, "extract": {"column": c["name"]}},
            }
            for c in m["columns"]
        ],
    }  # fmt: skip


def _cite(release: Release) -> str:
    return f"{MAKER}. {TITLE}. Release {release.name}, as of {release.as_of}. {release.address}"


def citation(release: Release) -> str:
    """Return CITATION.cff (1.2.0) of a release; the sources of its figures are the references."""
    return yaml.safe_dump(
        {
            "cff-version": "1.2.0",
            "message": "Cite this release, and the sources of the figures that you use.",
            "type": "dataset",
            "title": TITLE,
            "abstract": release.about,
            "version": release.name,
            "date-released": release.published_on,
            "url": release.address,
            "authors": [{"name": MAKER}],
            "keywords": KEYWORDS,
            "references": [
                {"type": "data", "title": o["title"], "authors": [{"name": o["producer"]}], "notes": o["citation"], **_linked(o["url"])}
                for o in release.origins
            ],
        },
        sort_keys=False,
        allow_unicode=True,
        width=120,
    )


def _linked(url: str | None) -> dict[str, str]:
    return {"url": url} if url else {}


def datacite(release: Release) -> dict[str, Any]:
    """Return the metadata (DataCite 4) with which a release can be registered; its identifier is its address until it has a DOI."""
    related = [("IsDerivedFrom", origin["url"]) for origin in release.origins if origin["url"]]
    related += [("IsNewVersionOf", release.previous)] if release.previous else []
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "identifiers": [{"identifier": release.address, "identifierType": "URL"}],
        "url": release.address,
        "creators": [{"name": MAKER, "nameType": "Organizational"}],
        "titles": [{"title": TITLE, "lang": "en"}],
        "publisher": {"name": MAKER},
        "publicationYear": release.published_on[:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Chart-ready datasets"},
        "language": "en",
        "version": release.name,
        "dates": [{"date": release.published_on, "dateType": "Issued"}, {"date": release.as_of, "dateType": "Valid"}],
        "subjects": [{"subject": subject} for subject in KEYWORDS],
        "descriptions": [{"description": release.about, "descriptionType": "Abstract"}],
        "geoLocations": [{"geoLocationPlace": name} for name in release.names.values()],
        "formats": list(MEDIA.values()),
        "rightsList": [
            {"rights": licence, **({"rightsUri": url} if url else {})}
            for licence, url in dict.fromkeys((origin["licence"], origin["licence_url"]) for origin in release.origins)
        ],
        "relatedIdentifiers": [
            {"relatedIdentifier": url, "relatedIdentifierType": "URL", "relationType": relation} for relation, url in dict.fromkeys(related)
        ],
    }
