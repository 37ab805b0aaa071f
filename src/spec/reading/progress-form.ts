import { linearPattern, PATTERN_CHARS_MAX, type ProgressSource } from '../progress.ts';
import { type Form, record, wrong } from './form.ts';
import { isNull } from './node.ts';
import { quoted } from './reading.ts';
import { line, text } from './scalar-forms.ts';

/** A pattern with at least one group, that can be matched in linear time. */
const pattern: Form<string> = {
  read: (node, place) => {
    const source = text.read(node, place);
    if (source === undefined) return undefined;
    const why = whyNoPattern(source);
    if (why === null) return source;
    const { reading, path } = place;
    reading.problem({
      code: 'spec.bad-value',
      at: node.start,
      message: `${quoted(path)} ${why}`,
      text: source,
      hint: "write it like `regex: 'step (\\d+)/(\\d+)'`",
    });
    return undefined;
  },
  schema: { type: 'string', maxLength: PATTERN_CHARS_MAX },
};

function whyNoPattern(source: string): string | null {
  if (source.length > PATTERN_CHARS_MAX) return `is longer than ${PATTERN_CHARS_MAX} characters`;
  try {
    // It matches everything, and so tells how many groups there are.
    const groups = linearPattern(`(?:${source})|`).exec('')!.length - 1;
    return groups > 0 ? null : 'needs a group around what it looks for';
  } catch (error) {
    const { message } = error as SyntaxError;
    if (/linear time/.test(message)) {
      return 'cannot be matched in linear time: it has (?=…), \\1, flags, or a count above 16';
    }
    if (/flags/.test(message)) return 'needs an engine that this process has not turned on';
    return `is no regular expression: ${message.slice(message.lastIndexOf(': ') + 2)}`;
  }
}

const file: Form<string> = {
  read: (node, place) => {
    const path = line.read(node, place);
    const leadsOut = path !== undefined && (/^[/~]/.test(path) || path.split('/').includes('..'));
    if (!leadsOut) return path;
    return wrong(node, place, { what: 'a path in the workdir', example: 'progress.txt' });
  },
  schema: { type: 'string' },
};

const sources = record({
  regex: {
    doc: 'Finds it in the output: one group for percent or fraction, two for done and total.',
    form: pattern,
  },
  file: { doc: 'A file in the workdir, whose last line is as 0.42, 42% or 420/1000.', form: file },
});

/** Where a task tells how far it is: exactly one of `regex` and `file`. */
export const progressForm: Form<ProgressSource> = {
  read: (node, place) => {
    const read = sources.read(node, place);
    if (read === undefined || node.kind !== 'map') return undefined;
    const { regex, file: path } = read;
    const said = node.entries.filter(({ value }) => !isNull(value));
    if (said.length === 1 && regex !== undefined) return { regex };
    if (said.length === 1 && path !== undefined) return { file: path };
    // What is there and could not be read is a problem already.
    const known = [regex, path].filter((value) => value !== undefined);
    if (said.length > known.length) return undefined;
    return wrong(node, place, { what: 'regex or file', example: "{regex: '(\\d+)%'}" });
  },
  schema: sources.schema,
};
