/** `tars_bundle.h`: labels, lengths and rows of the bundle's template, for the parser on the device. */
import { bundle, bundleParameters, grantBudget, grants, kinds, roles, root } from '../contract/index.js';
import type { Field } from '../contract/index.js';
import { fieldTable, rowOf } from './c-fields.js';
import { header, snake, upper } from './text.js';

type Numbers = readonly (readonly [string, number, string])[];

function enumeration(comment: string, prefix: string, rows: Numbers): string {
  const row = ([name, value, doc]: Numbers[number]): string =>
    `  TARS_${prefix}_${upper(name)} = ${value},${doc ? ` /* ${doc} */` : ''}\n`;
  return `/* ${comment} */\nenum {\n${rows.map(row).join('')}};\n`;
}

const plain = (table: Readonly<Record<string, unknown>>): Numbers =>
  Object.entries(table).flatMap(([name, value]) => (typeof value === 'number' ? [[name, value, ''] as const] : []));

const defines = (rows: readonly (readonly [string, string, string])[]): string =>
  rows.map(([name, value, doc]) => `#define TARS_${name} ${value} /* ${doc} */\n`).join('');

/** Field of the kind that a grant row names, whole. */
function grantFields({ kind, fields }: (typeof grants)[number]): readonly Field[] {
  const all: readonly Field[] = kinds.find(({ name }) => name === kind)?.fields ?? [];
  return fields.map(({ name }) => {
    const field = all.find((row) => row.name === name);
    if (!field) throw new Error(`grant: ${kind} has no field ${name}`);
    return field;
  });
}

/** Rows are read into the same struct as what a manifest asks for, so that both compare field by field. */
const grantTypes = (): string => `/* How a field of a use is compared with the grant's. */
typedef enum { TARS_RULE_EQUAL, TARS_RULE_MOST, TARS_RULE_LEAST, TARS_RULE_RATE } tars_grant_rule;

/* Row of a grant: which fields of a tars_use it has, and the rule of each. */
typedef struct {
  tars_row row;
  uint8_t rules[${Math.max(...grants.map(({ fields }) => fields.length))}];
} tars_grant;

/* By kind of handle; NULL for one that needs no grant. */
const tars_grant *tars_grant_of(uint32_t kind);
/* Largest number of each budget. */
extern const uint32_t tars_grant_largest[${grantBudget.length}];
`;

/** The text of `tars_bundle.h`: labels and structs. */
export function bundleHeader(): string {
  const { sign1, algorithms, envelope, header: labels, manifest, common, command, report } = bundle;
  return header(
    'TARS_BUNDLE_H',
    'The closed SUIT profile of bundles and root documents, see docs/updates.md.',
    `#include "tars_manifest.h"
#include "tars_row.h"

${defines([
  ['BUNDLE_TAG', String(bundle.tag), "tag of SUIT's envelope"],
  ['ROOT_TAG', `${bundle.rootTag}u`, 'tag of a root document'],
  ['SIGN1_TAG', String(sign1.tag), 'tag of a signature block'],
  ['SIGN1_CONTEXT', `"${sign1.context}"`, 'first text of what is signed'],
  ['SIGNATURE_SIZE', String(sign1.signature), 'bytes of a signature'],
  ['KID_SIZE', String(bundle.kid), 'first bytes of the public key that name a signer'],
  ['AAD_BUNDLE', `"${bundle.aad.bundle}"`, "external_aad of a bundle's signature"],
  ['AAD_ROOT', `"${bundle.aad.root}"`, "external_aad of a root document's signature"],
  ['PAYLOAD_KEY', `"${envelope.payload}"`, 'key of an integrated payload'],
  ['URI_INTEGRATED', `"${bundle.uri.integrated}"`, 'uri of an integrated payload'],
  ['URI_DETACHED', `"${bundle.uri.detached}"`, 'uri of a detached payload'],
  ['BUNDLE_URI', String(bundle.uri.parameter), 'parameter of install: where the payload is'],
  ['EPOCH_SHIFT', String(bundle.epochShift), 'sequence = epoch << 32 | number'],
  ['BUNDLE_COMPONENT', String(bundle.component), 'the one byte that names the component'],
  ['BUNDLE_VERSION', String(bundle.manifestVersion), 'version of the manifest'],
])}
${[
  enumeration('Algorithms of COSE.', 'COSE', plain(algorithms)),
  enumeration('Keys of the outer map.', 'ENVELOPE', plain(envelope)),
  enumeration('Labels of a protected header.', 'HEADER', plain(labels)),
  enumeration('Keys of the manifest.', 'BUNDLE_KEY', plain(manifest)),
  enumeration('Keys of `common`.', 'BUNDLE_COMMON', plain(common)),
  enumeration('Conditions and directives.', 'BUNDLE_COMMAND', plain(command)),
  enumeration('Reporting policies.', 'BUNDLE_REPORT', plain(report)),
  enumeration(
    'Parameters, in the order of their bytes.',
    'BUNDLE_PARAMETER',
    bundleParameters.map(({ label, name, doc }) => [name, label, doc]),
  ),
  enumeration(
    'Longest value of a parameter: bytes, or the largest number.',
    'BUNDLE_MAX',
    bundleParameters.filter(({ max }) => max < 2 ** 31).map(({ name, max }) => [name, max, '']),
  ),
  enumeration(
    'First numbers of a grant, in order.',
    'GRANT',
    grantBudget.map(({ name, doc }, i) => [name, i, doc]),
  ),
  enumeration(
    "Keys of a root document's body.",
    'ROOT_KEY',
    root.map(({ key, name, doc }) => [name, key, doc]),
  ),
  enumeration('Roles of a key: bit 1 << role.', 'ROLE', [
    ...roles.map(({ name, doc }, i) => [name, i, doc] as const),
    ['count', roles.length, ''],
  ]),
].join('\n')}
/* Name space of vendor ids. */
#define TARS_DNS_NAMESPACE {${(bundle.dns.match(/../g) ?? []).map((byte) => `0x${byte}`).join(', ')}}

${grantTypes()}`,
  );
}

/** Tables of the grant rows. */
export function bundleSource(): string {
  const tables = grants.map((row) => {
    const name = snake(row.kind);
    const fields = grantFields(row);
    return fieldTable(`grant_${name}`, 'tars_use', fields, `${name}.`);
  });
  const rows = grants.map(
    (row) =>
      `  {${rowOf(`grant_${snake(row.kind)}`, grantFields(row), `TARS_KIND_${upper(row.kind)}`)}, ` +
      `{${row.fields.map(({ rule }) => `TARS_RULE_${upper(rule)}`).join(', ')}}},\n`,
  );
  return `/* Generated by hal/codegen from hal/contract; change the contract and run \`npm run gen\`. */
#include "tars_bundle.h"

#include <stddef.h> /* offsetof */

${tables.join('')}
static const tars_grant grants[] = {
${rows.join('')}};

const uint32_t tars_grant_largest[${grantBudget.length}] = {${grantBudget.map((row) => `${'max' in row ? row.max : 0xffffffff}u`).join(', ')}};

/* By kind of handle. */
const tars_grant *tars_grant_of(uint32_t kind) {
  for (uint32_t i = 0; i < sizeof grants / sizeof *grants; i++) {
    if (grants[i].row.kind == kind) return &grants[i];
  }
  return NULL;
}
`;
}
