/** One preset for every package: TypeScript by swc (types are checked by the `typecheck` target), native ESM, sources without a build. */
export default {
  testEnvironment: new URL('./jest-environment-typed-arrays.cjs', import.meta.url).pathname,
  testEnvironmentOptions: { customExportConditions: ['@mixture-of-personas/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
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
