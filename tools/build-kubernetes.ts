import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SchemaFile } from '../src/core/manifests/schemas.ts';

const CATALOG = join(import.meta.dirname, '..', 'catalog');
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';

type Property = {
  readonly $ref?: string;
  readonly allOf?: readonly [{ readonly $ref: string }];
  readonly type?: string;
  readonly format?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
};
type Definition = {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
};
type Definitions = Readonly<Record<string, Definition>>;

/** Definitions without fields that mean a form of value. All others without fields are anything. */
const FORMS: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'x',
  [`${META}Time`]: 't',
  [`${META}MicroTime`]: 't',
};

const SCALARS: Readonly<Record<string, string>> = {
  string: 's',
  integer: 'i',
  number: 'n',
  boolean: 'b',
  object: '*',
};

/**
 * Compiles the OpenAPI v3 documents of Kubernetes into catalog/kubernetes.json and
 * catalog/KUBERNETES.md. Takes the folder `api/openapi-spec/v3` of the Go module, whose path
 * `go mod download -json k8s.io/kubernetes@v1.36.3` tells, and the version. The same documents
 * give the same files.
 */
function main(folder: string, version: string): void {
  const documents = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object);
  const { json, page } = buildKubernetes(documents, version);
  writeFileSync(join(CATALOG, 'kubernetes.json'), json);
  writeFileSync(join(CATALOG, 'KUBERNETES.md'), page);
  process.stderr.write(`${json.length} bytes\n`);
}

/** The texts of both files. */
export function buildKubernetes(
  documents: readonly object[],
  version: string,
): { readonly json: string; readonly page: string } {
  const definitions: Definitions = Object.assign(
    {},
    ...documents.map(
      (document) =>
        (document as { components?: { schemas?: Definitions } }).components?.schemas ?? {},
    ),
  );
  const kinds = kindsOf(definitions);
  const reached = reachedFrom(Object.values(kinds).flatMap(Object.values), definitions);
  const types = Object.fromEntries(
    reached
      .toSorted()
      .map((name) => [shortName(name), fieldsText(definitions[name]!, definitions)]),
  );
  const shortKinds = Object.fromEntries(
    Object.entries(kinds).map(([apiVersion, of]) => [
      apiVersion,
      Object.fromEntries(Object.entries(of).map(([kind, name]) => [kind, shortName(name)])),
    ]),
  );
  const file: SchemaFile = {
    schema: 'kedge.kubernetes-schemas/v1',
    version,
    kinds: shortKinds,
    types,
  };
  return { json: `${JSON.stringify(file, null, 1)}\n`, page: sourcePage(file) };
}

/** Kinds that one can apply: those with metadata of their own, and no lists. */
function kindsOf(definitions: Definitions): Record<string, Record<string, string>> {
  const kinds: Record<string, Record<string, string>> = {};
  for (const name of Object.keys(definitions).toSorted()) {
    const { properties = {}, 'x-kubernetes-group-version-kind': known = [] } = definitions[name]!;
    if (!refIn(properties['metadata'] ?? {})?.endsWith('.ObjectMeta')) continue;
    for (const { group, version, kind } of known) {
      const apiVersion = group === '' ? version : `${group}/${version}`;
      kinds[apiVersion] ??= {};
      kinds[apiVersion][kind] = name;
    }
  }
  return Object.fromEntries(Object.entries(kinds).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function reachedFrom(roots: readonly string[], definitions: Definitions): readonly string[] {
  const reached = new Set(roots);
  for (const name of reached) {
    for (const property of Object.values(definitions[name]?.properties ?? {})) {
      const ref = refIn(innermost(property));
      if (ref !== undefined && definitions[ref]?.properties !== undefined) reached.add(ref);
    }
  }
  return [...reached];
}

function innermost(property: Property): Property {
  const inner = property.items ?? property.additionalProperties;
  return inner === undefined ? property : innermost(inner);
}

function refIn({ $ref, allOf }: Property): string | undefined {
  return ($ref ?? allOf?.[0].$ref)?.replace('#/components/schemas/', '');
}

function fieldsText(
  { properties = {}, required = [] }: Definition,
  definitions: Definitions,
): string {
  return Object.entries(properties)
    .map(([name, property]) => {
      const mark = required.includes(name) ? '!' : '';
      return `${name}:${formOf(property, definitions)}${mark}`;
    })
    .join(' ');
}

function formOf(property: Property, definitions: Definitions): string {
  const ref = refIn(property);
  if (ref !== undefined) {
    if (definitions[ref]?.properties !== undefined) return `@${shortName(ref)}`;
    return FORMS[ref] ?? '*';
  }
  if (property.items !== undefined) return `[${formOf(property.items, definitions)}`;
  if (property.additionalProperties !== undefined) {
    return `{${formOf(property.additionalProperties, definitions)}`;
  }
  if (property.format === 'byte') return 'y';
  return SCALARS[property.type ?? ''] ?? '*';
}

/** `io.k8s.api.core.v1.Pod` → `core.v1.Pod`; the names stay different, which is asserted. */
function shortName(name: string): string {
  return name
    .replace(/^io\.k8s\./, '')
    .replace(/^api\./, '')
    .replace(/\.pkg\.apis\./, '.');
}

function sourcePage({ version, kinds, types }: SchemaFile): string {
  const count = Object.values(kinds).flatMap(Object.keys).length;
  return `# Where the fields of Kubernetes come from

Generated by \`node tools/build-kubernetes.ts\`; do not edit. \`kubernetes.json\` holds ${count} kinds of ${Object.keys(kinds).length} API groups
and versions, and the fields of ${Object.keys(types).length} types: names, forms, and which are required. \`kedge manifest\` reads it.

| source | version | licence | from |
| --- | --- | --- | --- |
| kubernetes-openapi-v3 | ${version} | Apache-2.0 | the Go module k8s.io/kubernetes, api/openapi-spec/v3, copyright The Kubernetes Authors |

Descriptions, defaults and merge strategies of the source are left out. Kinds are those that can be applied: with metadata of their own.
`;
}

if (import.meta.main) {
  const [folder, version] = process.argv.slice(2);
  if (folder === undefined || version === undefined) {
    process.stderr.write('usage: node tools/build-kubernetes.ts FOLDER VERSION\n');
    process.exitCode = 2;
  } else main(folder, version);
}
