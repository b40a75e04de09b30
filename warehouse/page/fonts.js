// Sets the embedded type before the first line is laid out: a browser loads it from the style sheet only later, and the lines would move.
"use strict";
for (const [, family, weight, text] of document.querySelector("style").textContent.matchAll(/font-family: '([^']+)'; font-weight: (\d+); src: url\(data:font\/woff2;base64,([^)]+)\)/g)) {
  document.fonts.add(new FontFace(family, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), { weight }));
}
