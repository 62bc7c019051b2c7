import * as z from 'zod';
import { InvalidEnvironment } from './errors.ts';

/**
 * Parses the environment into a typed object, once, at cold start.
 *
 * @param shape zod types by variable name; use `.default(…)` for optional ones
 * @throws InvalidEnvironment naming each variable that is missing or wrong
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.')} is ${JSON.stringify(environment[String(path[0])])}: ${message}`,
  );
  throw new InvalidEnvironment(`environment variable ${problems.join('; ')}`);
}
