/**
 * JSON as Python writes it, in which numbers may be NaN or infinite: these become null. Source:
 * docs.python.org/3/library/json.html, "Infinite and NaN Number Values"; config.json of Mamba-2
 * models has `"time_step_limit": [0.0, Infinity]`. Throws a SyntaxError for what is no JSON.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const finite = text.replace(STRINGS_AND_WORDS, (part) =>
      part.startsWith('"') ? part : 'null',
    );
    if (finite === text) throw error;
    return JSON.parse(finite);
  }
}

/** A string that does not end reaches to the end: so each byte is looked at once. */
const STRINGS_AND_WORDS = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\b(?:Infinity|NaN)\b/g;
