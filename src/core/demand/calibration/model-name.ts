/**
 * What a published table calls a model, as names to look up, the most telling first: the whole,
 * without words that say what was done with it (`Llama-3-70B LoRA`, `HuggingFace BERT-Large Ph1
 * pre-training`), without brackets (`Llama-2-70B (MLPerf)`) or without the brackets alone
 * (`Llama-2 (7B class)`), with its number set apart (`Llama2-7B`), before a slash (`V3/R1`).
 */
export function modelNames(text: string): string[] {
  const outside = plainName(text.replace(/\([^)]*\)/g, ' '));
  const whole = plainName(text.replace(/[()]/g, ' '));
  const names = [outside, whole].flatMap((name) => {
    const dashed = name.replace(/ /g, '-');
    return [
      name,
      dashed,
      dashed.replace(/^([A-Za-z]{3,})(\d)/, '$1-$2'),
      name.replace(/\/[^/]*$/, ''),
    ];
  });
  return [...new Set([text, ...names, outside.split(' ')[0]!])].filter((name) => name !== '');
}

function plainName(text: string): string {
  return text.replace(WORK_WORDS, ' ').replace(/\s+/g, ' ').trim();
}

const WORK_WORDS = new RegExp(
  [
    String.raw`\b(?:pre-?train(?:ing)?|fine-?tun(?:e|ing)|SFT|Q?LoRA|full(?: FT)?|CLM|compile)\b`,
    String.raw`\b(?:HuggingFace|DeepSpeed|FSDP|MLPerf|Ph[12]|SQuAD(?: ?v?[\d.]+)?|original)\b`,
    String.raw`\b(?:stage ?\d|anneal|params|class|training|inference|QAT)\b`,
  ].join('|'),
  'gi',
);

/** Sizes of a `params_B` cell: `6.7`, `671 total / 37 active`, `46.7 total`; null for none. */
export function paramsOf(
  cell: string,
): { readonly params: number; readonly active: number } | null {
  const [total, active] = [...cell.matchAll(/[\d.]+/g)].map((match) => Number(match[0]) * 1e9);
  if (total === undefined || !(total > 0) || !Number.isFinite(total)) return null;
  const passed = active !== undefined && active > 0 && active <= total ? active : total;
  return { params: total, active: passed };
}
