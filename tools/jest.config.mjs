import preset from '../jest.preset.mjs';

// These tests start other programs, and installing a package takes longer than a unit test may.
export default { ...preset, displayName: 'tools', testTimeout: 600_000 };
