import { z } from 'zod';

/** A whole number of at least so many. */
export const count = (least: number): z.ZodNumber => z.number().int().min(least);

/** A text that is not empty, such as a path. */
export const words = z.string().min(1);
