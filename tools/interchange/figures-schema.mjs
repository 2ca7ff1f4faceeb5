// The JSON Schema of metric results, made from the declarations in packages/metrics/src/figure.ts.
// usage: npm run schema [-- --check]   writes packages/metrics/figures.schema.json, or says whether it is current
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import { root } from '../ci/processes.mjs';

const SOURCE = join(root, 'packages/metrics/src/figure.ts');
const TARGET = join(root, 'packages/metrics/figures.schema.json');
/** Results are keyed by name, so a figure need not repeat it. */
const OPTIONAL = ['name'];

const KEYWORDS = {
  [ts.SyntaxKind.NumberKeyword]: { type: 'number' },
  [ts.SyntaxKind.StringKeyword]: { type: 'string' },
  [ts.SyntaxKind.BooleanKeyword]: { type: 'boolean' },
};

const textOf = (node) => ts.getJSDocCommentsAndTags(node).map(({ comment }) => comment)[0];

function ofReference({ typeName, typeArguments = [] }) {
  const [first, second] = typeArguments;
  if (typeName.text === 'Readonly') return schemaOf(first);
  if (typeName.text === 'Record') return { type: 'object', additionalProperties: schemaOf(second) };
  return { $ref: `#/$defs/${typeName.text}` };
}

/** Only what figure.ts uses; @throws Error for anything else, so that no part of a type is lost unseen */
function schemaOf(node) {
  if (ts.isTypeOperatorNode(node)) return schemaOf(node.type);
  if (ts.isArrayTypeNode(node)) return { type: 'array', items: schemaOf(node.elementType) };
  if (ts.isTypeReferenceNode(node)) return ofReference(node);
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types.map(schemaOf);
    return parts.every((part) => 'const' in part) ? { enum: parts.map((part) => part.const) } : { anyOf: parts };
  }
  if (ts.isTupleTypeNode(node)) {
    const { length } = node.elements;
    return { type: 'array', prefixItems: node.elements.map(schemaOf), minItems: length, maxItems: length };
  }
  if (ts.isLiteralTypeNode(node))
    return node.literal.kind === ts.SyntaxKind.NullKeyword ? { type: 'null' } : { const: node.literal.text };
  if (node.kind in KEYWORDS) return KEYWORDS[node.kind];
  throw new Error(
    `figure.ts uses a type that has no schema here: ${node.getText()}. Extend tools/interchange/figures-schema.mjs.`,
  );
}

function ofInterface({ members }) {
  const properties = members.map((member) => {
    const description = textOf(member);
    return [member.name.text, { ...(description ? { description } : {}), ...schemaOf(member.type) }];
  });
  const required = properties.map(([name]) => name).filter((name) => !OPTIONAL.includes(name));
  return { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false };
}

function figuresSchema() {
  const file = ts.createSourceFile(SOURCE, readFileSync(SOURCE, 'utf8'), ts.ScriptTarget.ES2022, true);
  const wanted = ['MetricName', 'SettingValue', 'Figure'];
  const declared = file.statements.filter((statement) => wanted.includes(statement.name?.text));
  const definitions = declared.map((statement) => {
    const schema = ts.isInterfaceDeclaration(statement) ? ofInterface(statement) : schemaOf(statement.type);
    return [statement.name.text, { description: textOf(statement), ...schema }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Figures by name',
    description: 'What evaluateSets resolves to, and the `data` of `mop evaluate --json`.',
    type: 'object',
    propertyNames: { $ref: '#/$defs/MetricName' },
    additionalProperties: { $ref: '#/$defs/Figure' },
    $defs: Object.fromEntries(definitions),
  };
}

const style = await prettier.resolveConfig(TARGET);
const text = await prettier.format(JSON.stringify(figuresSchema()), { ...style, parser: 'json' });
if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
else if (readFileSync(TARGET, 'utf8') !== text) {
  console.error('packages/metrics/figures.schema.json is not what the code says: npm run schema.');
  process.exitCode = 1;
}
