import { basename, dirname, resolve } from 'node:path';

/** Files that stand for the folder they lie in. */
const FOR_FOLDER = /^(index|readme)$/i;

/**
 * The ID of the article in a file: the file's name, or the folder's where that is what tells articles apart.
 *
 * @param path without the ending
 */
export function articleIdOf(path: string): string {
  const name = basename(path);
  return (FOR_FOLDER.test(name) && basename(dirname(resolve(path)))) || name;
}

/**
 * Whose an article is where nothing says it: the name of the folder with the articles.
 *
 * @param path without the ending
 */
export function authorIdOf(path: string): string {
  const folder = dirname(resolve(path));
  return basename(FOR_FOLDER.test(basename(path)) ? dirname(folder) : folder);
}
