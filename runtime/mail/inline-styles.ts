// Moves the rules of style sheets to the elements that they are for, as many mail programs read no style sheets.

/// <reference path="./juice-client.d.ts" />

import juice from "juice/client.js";

/** What cannot be moved, such as `@media` and `:hover`, stays in a style sheet. */
export function inlineStyles(html: string): string {
  try {
    return juice(html, {
      applyStyleTags: true,
      removeStyleTags: true,
      preserveMediaQueries: true,
      preserveFontFaces: true,
      preserveKeyFrames: true,
      preservePseudos: true,
      inlinePseudoElements: false,
    });
  } catch {
    // A sheet that it cannot read is left as it is: some mail programs may.
    return html;
  }
}
