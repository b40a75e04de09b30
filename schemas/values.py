"""Give the meaning of each value of a coded column: for the catalogue of a release and its data package.

The values themselves belong in `fields.py`, as the rule of their column. Put a meaning into OF_COLUMN if another column uses the
same word in another sense.
"""

SHARED = {
    "day": "documented to the day", "month": "documented to the month", "year": "documented to the year",
    "export": "from the reporter to the partner", "import": "from the partner to the reporter", "total": "exports plus imports as published",
    "FOB": "without freight and insurance", "CIF": "with freight and insurance", "mixed": "a two-way total of exports FOB and imports CIF",
    "annual": "a calendar year", "monthly": "a calendar month", "year_to_date": "from January to the end of a month",
    "yes": "in favour", "no": "against", "abstain": "abstained", "not documented": "no source gives the vote",
    "no seat": "no member of the Council",
    "documented": "by an organiser, the publisher or two independent sources",
    "single source": "by one source, or by secondary sources alone", "provisional": "implied in part, or only announced",
    "disputed": "sources contradict each other",
    "Europe": "seas and land of Europe", "Indo-Pacific": "the Indian and the Pacific Ocean, East, South and Southeast Asia",
    "Middle East": "the Persian Gulf, the Gulf of Oman and their neighbours", "Africa": "the continent and its coasts",
    "Arctic": "the Arctic Ocean and its coasts", "Americas": "both continents and their coasts",
    "BRICS": "the group of Brazil, Russia, India, China, South Africa and those who joined", "SCO": "Shanghai Cooperation Organisation",
    "EUU": "European Union", "ASN": "Association of Southeast Asian Nations",
    "A": "every economy on its own, Hong Kong, Macao and Taiwan included, no blocs", "B": "member states of the United Nations alone",
    "C": "as A, with the EU and ASEAN each as one partner", "D": "as C, without Hong Kong, Macao and Taiwan",
    "E": "as A, with the EU as one partner",
    "energy": "HS chapter 27: coal, oil, gas, electricity", "machinery and electronics": "HS chapters 84 and 85",
    "vehicles": "HS chapters 86 to 89", "metals": "ores and metals", "wood and paper": "wood, pulp, paper and their products",
    "food": "animals, plants, food and drink", "chemicals": "chemicals, plastics and rubber",
    "textiles": "textiles, clothing and footwear", "other": "all other chapters",
    "identical": "the share of votes on which both voted yes, both no or both abstained",
    "abstention as half": "as identical, with half an agreement if one of the two abstained",
    "contested": "as identical, without votes on which all states voted alike",
    "important": "as identical, only on votes that the US Department of State listed as important",
    "whole resolutions": "as contested, without votes that the source marks as on a paragraph or an amendment",
    "published": "the rate on whole resolutions as the authors of the list publish it, without a number of votes",
    "vetoed": "vetoed drafts and amendments", "adopted": "adopted resolutions",
    "tonnes": "metric tonnes", "Mt": "million tonnes", "bcm": "billion cubic metres of gas",
    "USD": "current US dollars", "thousand USD": "thousand current US dollars",
    "core_military": "armed forces in a joint exercise or patrol", "paramilitary_police": "internal troops or police",
    "coast_guard": "coast guards", "competition": "army games and contests",
    "wider_multilateral": "a large exercise that other states host or lead",
    "bilateral": "two states alone", "multilateral": "with other states",
    "port": "the point is a port", "area": "the point is the middle of an area", "country": "the point stands for a country",
    "draft": "a draft resolution", "amendment": "an amendment to a draft", "part_vote": "a vote on a part of a draft",
    "preliminary_question": "whether a question is procedural", "secretary_general_recommendation": "the choice of a Secretary-General",
    "named_list": "the document names each member with its vote", "tally_and_exceptions": "a tally that names the members that voted otherwise",
    "member_only": "the vote of this member alone is documented",
    "joint": "both states", "first only": "the dyad's first state, alphabetically, without the second", "second only": "its second state without the first",
    "member": "a full member", "invited": "invited and not joined", "partner": "a partner country", "observer": "an observer",
    "dialogue_partner": "a dialogue partner",
    "1:110m": "a shape at the scale 1:110 million", "1:50m": "a point or a small shape at the scale 1:50 million",
    "holds": "the figures bear it out under any reading", "holds under a named rule": "under the reading that the rule names, not under every other",
    "holds in part": "one part of it, or a weaker form", "does not hold": "the figures contradict it",
    "overtaken": "right on the text's day; later events ended it", "revised": "right on the text's day; the publisher has changed the figure since",
    "not decidable": "no figure or document that the rule asks for was public",
}  # fmt: skip
OF_COLUMN = {
    "votes_on": {"all": "vetoed drafts and adopted resolutions together"},
    "compiled_from": {"own": "the state's own reports", "partners": "the reports of its partners", "both": "both reports, reconciled"},
    "reported_by": {"country": "the country itself", "partner": "its partners"},
    "chapter": {"train": "how the states train together", "trade": "how they trade", "vote": "how they vote in the United Nations"},
}


def meaning(column: str, value: str) -> str | None:
    """Return the meaning of a value of a coded column; None if it has none."""
    return OF_COLUMN.get(column, {}).get(value) or SHARED.get(value)
