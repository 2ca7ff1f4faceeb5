// The JSON Schema of metric results, made from the types in packages/metrics/src/metric/metric-value.ts and the list in
// packages/metrics/src/evaluate/registry.ts.
// usage: npm run schema [-- --check]   writes packages/metrics/figures.schema.json, or says whether it is current
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import { root } from '../ci/processes.mjs';

const SOURCE = join(root, 'packages/metrics/src/metric/metric-value.ts');
const REGISTRY = join(root, 'packages/metrics/src/evaluate/registry.ts');
const TARGET = join(root, 'packages/metrics/figures.schema.json');
/** Results are keyed by name, so a value need not repeat it; `split` is absent in results of version 0.1. */
const OPTIONAL = ['name', 'split'];

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
  return { $ref: `#/$defs/${typeName.text === 'Name' ? 'MetricName' : typeName.text}` };
}

/** Only what metric-value.ts uses; @throws Error for anything else, so that no part of a type is lost unseen */
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
    `metric-value.ts uses a type that has no schema here: ${node.getText()}. Extend tools/interchange/figures-schema.mjs.`,
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

/** The names in the order of the registry's list; each metric is declared as `export const it: Metric<'name'>`. */
function metricNames() {
  const registry = readFileSync(REGISTRY, 'utf8');
  const [, list] = /const LIST = \[([^\]]*)\]/.exec(registry);
  return list.match(/\w+/g).map((constant) => {
    const [, path] = new RegExp(`import \\{[^}]*\\b${constant}\\b[^}]*\\} from '([^']*)\\.js'`).exec(registry);
    const source = readFileSync(join(dirname(REGISTRY), `${path}.ts`), 'utf8');
    return new RegExp(`const ${constant}: Metric<'([\\w-]+)'>`).exec(source)[1];
  });
}

function figuresSchema() {
  const file = ts.createSourceFile(SOURCE, readFileSync(SOURCE, 'utf8'), ts.ScriptTarget.ES2022, true);
  const wanted = ['SettingValue', 'GoldenSplit', 'MetricValue'];
  const declared = file.statements.filter((statement) => wanted.includes(statement.name?.text));
  const definitions = declared.map((statement) => {
    const schema = ts.isInterfaceDeclaration(statement) ? ofInterface(statement) : schemaOf(statement.type);
    return [statement.name.text, { description: textOf(statement), ...schema }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Metric values by name',
    description: 'What evaluateSets resolves to, and the `data` of `mop evaluate --json`.',
    type: 'object',
    propertyNames: { $ref: '#/$defs/MetricName' },
    additionalProperties: { $ref: '#/$defs/MetricValue' },
    $defs: {
      MetricName: {
        description: 'Name of a metric, in `evaluateSets` and `mop evaluate --metrics`.',
        enum: metricNames(),
      },
      ...Object.fromEntries(definitions),
    },
  };
}

const style = await prettier.resolveConfig(TARGET);
const text = await prettier.format(JSON.stringify(figuresSchema()), { ...style, parser: 'json' });
if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
else if (readFileSync(TARGET, 'utf8') !== text) {
  console.error('packages/metrics/figures.schema.json is not what the code says: npm run schema.');
  process.exitCode = 1;
}
