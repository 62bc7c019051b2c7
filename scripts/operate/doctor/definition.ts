/** A deployed definition held against the one it was made from. */
export interface DefinitionMatch {
  /** What stands in place of each `${Placeholder}`. */
  substitutions: Map<string, string>;
  /** Where the two differ otherwise, as paths such as `States.SuggestTags.Retry`. */
  differences: string[];
}

/** Compares JSON with JSON in which some strings are `${Placeholders}`. */
export function matchDefinition(template: unknown, deployed: unknown): DefinitionMatch {
  const match: DefinitionMatch = { substitutions: new Map(), differences: [] };
  compare(template, deployed, [], match);
  return match;
}

function compare(template: unknown, deployed: unknown, path: string[], match: DefinitionMatch): void {
  const [, placeholder] = typeof template === 'string' ? (/^\$\{(\w+)\}$/.exec(template) ?? []) : [];
  if (placeholder && typeof deployed === 'string') {
    const earlier = match.substitutions.get(placeholder);
    if (earlier === undefined) match.substitutions.set(placeholder, deployed);
    else if (earlier !== deployed) match.differences.push(path.join('.'));
    return;
  }
  if (!isObject(template) || !isObject(deployed) || Array.isArray(template) !== Array.isArray(deployed)) {
    if (template !== deployed) match.differences.push(path.join('.'));
    return;
  }
  for (const key of new Set([...Object.keys(template), ...Object.keys(deployed)])) {
    compare(template[key], deployed[key], [...path, key], match);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
