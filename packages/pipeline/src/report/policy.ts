import { createHash } from 'node:crypto';

/**
 * The page's content security policy: nothing is fetched, framed or sent, and only the script and the style whose bytes are these run.
 * @param script text between the tags of the one script
 * @param style text between the tags of the one style
 */
export function contentPolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
