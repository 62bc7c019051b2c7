import { createHash } from 'node:crypto';
import { Catalogue, type CatalogueTag, loadCatalogue } from '../../functions/keywords/catalogue.ts';
import { readCatalogueFile } from '../catalogue-file.ts';

/** Tags of a platform's own, or none at all, over the document frequencies of the shipped catalogue. */
export class PlatformCatalogue extends Catalogue {
  readonly #shipped: Catalogue;

  constructor(version: string, tags: CatalogueTag[], shipped: Catalogue) {
    super({ version, tags, documents: shipped.documents, documentFrequency: new Map() });
    this.#shipped = shipped;
  }

  override documentFrequency(key: string): number {
    return this.#shipped.documentFrequency(key);
  }
}

/** A catalogue, and the tags that it never wants suggested. */
export interface UsedCatalogue {
  catalogue: Catalogue;
  blocked: string[];
}

/**
 * The shipped catalogue, or that of a file which `npm run catalogue -- import` takes as well. Its version names the
 * shipped one that its fit belongs to.
 *
 * @throws UsageError naming file and line of a bad tag
 */
export async function openCatalogue(file: string | undefined): Promise<UsedCatalogue> {
  const shipped = loadCatalogue();
  if (file === undefined) return { catalogue: shipped, blocked: [] };
  const tags: CatalogueTag[] = [];
  const blocked: string[] = [];
  const hash = createHash('sha256');
  for await (const tag of readCatalogueFile(file)) {
    hash.update(JSON.stringify(tag));
    const { key, label, aliases, authors, articles, mentions, taggedWhenMentioned } = tag;
    if (tag.blocked) blocked.push(key);
    else tags.push({ key, label, aliases, prior: { authors, articles, mentions, taggedWhenMentioned } });
  }
  const version = `${shipped.version}+${hash.digest('hex').slice(0, 12)}`;
  return { catalogue: new PlatformCatalogue(version, tags, shipped), blocked };
}
