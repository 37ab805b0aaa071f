import { type Form, mapOf } from './form.ts';
import { bytes, parseDecimal, scalar } from './scalar-forms.ts';

const BYTES_PER_GIGABYTE = 1e9;

/** As SkyPilot writes it: a number alone is of gigabytes. */
const gigabytes: Form<number> = scalar(
  (value) => {
    const number = parseDecimal(value);
    return number === undefined || number < 0 ? undefined : number * BYTES_PER_GIGABYTE;
  },
  { what: 'gigabytes, or a size with its unit', example: '50' },
  { type: 'number', examples: [50] },
);

const eachSize: Form<number> = {
  read: (node, place) => {
    const isNumber = node.kind === 'text' && parseDecimal(node.text.trim()) !== undefined;
    return (isNumber ? gigabytes : bytes).read(node, place);
  },
  schema: { anyOf: [gigabytes.schema, bytes.schema] },
};

const sizes = mapOf(eachSize);

/** Bytes of all that a task hands on: `50GB`, or SkyPilot's `{s3://bucket/out: 50}`, summed up. */
export const outputBytes: Form<number> = {
  read: (node, place) => {
    if (node.kind !== 'map') return bytes.read(node, place);
    const read = sizes.read(node, place);
    if (read === undefined) return undefined;
    return Object.values(read).reduce((sum, size) => sum + size, 0);
  },
  schema: { anyOf: [bytes.schema, sizes.schema] },
};
