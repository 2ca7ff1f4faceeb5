/**
 * An input of the wrong shape or with unusable numbers. The message says where it was noticed, what was expected, what came and
 * what to do about it; `code` is for programs.
 */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly code = 'shape';

  constructor(where: string, expected: string, actual: string, advice: string) {
    super(`${where}: expected ${expected}, got ${actual}. ${advice}`);
  }
}

/** A setting outside its range. The message names the setting, its range and the value given; `code` is for programs. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly code = 'setting';

  constructor(where: string, setting: string, expected: string, actual: unknown) {
    super(`${where}: ${setting} must be ${expected}, got ${String(actual)}.`);
  }
}
