import type { LintFinding, LintReport } from '../spec/lint.ts';
import { counted } from './counted.ts';
import { wrapWords } from './wrap-words.ts';

/** Each finding with its place, and what helps; then how many there are. */
export function describeLint({ files, errors, warnings, target }: LintReport, columns: number) {
  const lines = files.flatMap(({ file, findings }) =>
    findings.flatMap((finding) => findingLines(file, finding, columns)),
  );
  const all = files.flatMap(({ findings }) => findings);
  const fixable = all.filter(({ fix }) => fix !== null).length;
  const total =
    all.length === 0
      ? `${counted(files.length, 'file')} without fault, for Kubernetes ${target}`
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}, for Kubernetes ${target}`;
  const help = fixable === 0 ? '' : `; \`kedge manifest fix\` repairs ${fixable} of them`;
  return `${[...lines, ...wrapWords(total + help, { columns, indent: 0 })].join('\n')}\n`;
}

function findingLines(file: string, finding: LintFinding, columns: number): readonly string[] {
  const { line, column, severity, code, message, hint, fix } = finding;
  const helps = [
    ...(hint === null ? [] : [`hint: ${hint}`]),
    ...(fix === null ? [] : [`fix: ${fix}`]),
  ];
  return [
    `${file}:${line}:${column}: ${severity}: ${code}`,
    ...wrapWords(message, { columns, indent: 2 }),
    ...helps.flatMap((help) => wrapWords(help, { columns, indent: 4 })),
  ];
}
