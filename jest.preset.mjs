import { fileURLToPath } from 'node:url';

const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

/** One preset for every package: TypeScript by swc (types are checked by the `typecheck` target), native ESM, sources without a build. */
export default {
  testEnvironment: beside('./jest-environment-typed-arrays.cjs'),
  testEnvironmentOptions: { customExportConditions: ['@mixture-of-personas/source', 'node', 'node-addons'] },
  // Machines are shared: a test that takes a second alone may wait a minute for its turn. A hang still ends.
  testTimeout: 120_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // `npm run verify` adds up what every package's run counted.
  reporters: ['default', ...(process.env.MOP_TEST_COUNTS ? [beside('./tools/ci/counting-reporter.mjs')] : [])],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
