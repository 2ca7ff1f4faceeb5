import preset from '../../jest.preset.mjs';

// Real models on a busy machine: a test's own work takes seconds, its turn at the processor may take a minute.
export default { ...preset, displayName: 'llm', testTimeout: 300_000 };
