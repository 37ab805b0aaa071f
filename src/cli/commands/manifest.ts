import { Command } from 'commander';
import { fixFile, lintFiles } from '../../app/manifests.ts';
import { toWire } from '../../spec/wire.ts';
import type { Context } from '../context.ts';
import { describeLint } from '../describe-lint.ts';
import { readManifestInput, replaceFile } from '../manifest-input.ts';
import { type Format, formatOption, print } from '../output.ts';

type FixCommand = { readonly write: boolean; readonly target?: string };
type LintCommand = { readonly output: Format; readonly target?: string };

/** `kedge manifest`: Kubernetes manifests before a cluster sees them. */
export function command(context: Context): Command {
  const manifest = new Command().addHelpText(
    'after',
    '\nExamples:\n  kedge manifest lint pod.yaml service.yaml\n  kedge manifest lint --target 1.31 pod.yaml -o json\n  kedge manifest fix --write pod.yaml',
  );
  manifest
    .command('lint')
    .description('what is wrong with manifests; exit 1 on errors, 0 on warnings alone')
    .argument('<files...>', 'manifests (YAML), looked at together')
    .option('--target <version>', 'of Kubernetes, as 1.31; default: of the bundled schemas')
    .addOption(formatOption())
    .action(async (files: string[], options: LintCommand) => lint(context, files, options));
  manifest
    .command('fix')
    .description('repair what is certain; exit 1 where errors are left')
    .argument('<file>', 'manifests (YAML)')
    .option('--write', 'save the file; without it, only the diff is shown', false)
    .option('--target <version>', 'of Kubernetes, as 1.31; default: of the bundled schemas')
    .action(async (file: string, options: FixCommand) => fix(context, file, options));
  return manifest;
}

async function fix(context: Context, file: string, { write, target }: FixCommand): Promise<void> {
  const fixed = await fixFile(await readManifestInput(context, file), target);
  const { before, after, done, left } = fixed;
  if (before !== after) {
    const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
    const options = { headerOptions: FILE_HEADERS_ONLY };
    context.io.out(createTwoFilesPatch(file, file, before, after, '', '', options));
    for (const { code, what } of done) context.io.err(`${code}: ${what}\n`);
    if (write) await replaceFile(context, file, after);
    else context.io.err(`note: nothing is written; \`kedge manifest fix --write ${file}\` does\n`);
  }
  context.io.err(describeLint(left, context.io.columns));
  if (left.errors > 0) context.exit.code = 1;
}

async function lint(
  context: Context,
  files: readonly string[],
  { output, target }: LintCommand,
): Promise<void> {
  const texts = await Promise.all(files.map((file) => readManifestInput(context, file)));
  const report = await lintFiles(texts, target);
  await print(context, output, {
    json: () => toWire(report),
    names: () => report.files.flatMap(({ findings }) => findings.map(({ code }) => code)),
    table: (wide) => describeLint(report, wide ? Infinity : context.io.columns),
  });
  if (report.errors > 0) context.exit.code = 1;
}
