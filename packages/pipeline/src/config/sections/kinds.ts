import { z } from 'zod';

/** A whole number of at least so many. */
export const count = (least: number): z.ZodNumber => z.number().int().min(least);

/** A text that is not empty, such as a path. */
export const words = z.string().min(1);

/** A setting with what it means. */
export function about<Setting extends z.ZodType>(meaning: string, setting: Setting): Setting {
  return setting.describe(meaning);
}

/** A section of settings with what it is for; each has its default where the section is left out. */
export function section<Shape extends z.ZodRawShape>(
  purpose: string,
  settings: Shape,
): z.ZodPrefault<z.ZodObject<Shape, z.core.$strict>> {
  return z
    .strictObject(settings)
    .prefault({} as z.input<z.ZodObject<Shape, z.core.$strict>>)
    .describe(purpose);
}
