import { ModelError } from './errors.js';
import type { ModelDescription } from './model-description.js';

/** Facts and counts that every engine's model has, and the refusal of work after it was closed. */
export class OpenModel {
  scoringPasses = 0;
  readonly id: string;
  readonly description: ModelDescription;
  #closed = false;

  constructor(id: string, description: ModelDescription) {
    this.id = id;
    this.description = description;
  }

  get fingerprint(): string {
    return this.description.fingerprint;
  }

  /** @throws ModelError `closed` */
  requireOpen(): void {
    if (this.#closed) throw new ModelError('closed', `The model ${this.id} was closed; open it again.`);
  }

  /** Refuses all work from now on. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
