import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The root of the repository. */
export const root = join(__dirname, '../..');

const OWN_ADDRESS = 'https://github.com/clawbot/n8n-nodes-clawbot';
const NOT_OURS = /(^|\/)(node_modules|dist|\.\w+)(\/|$)/;

/** The page at which a link to our repository, without a path, ends. */
const FRONT_PAGE = 'README.md';

const filesOf = (folder: string): string[] =>
	readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = posix.join(folder, entry.name);
		if (NOT_OURS.test(path)) return [];
		return entry.isDirectory() ? filesOf(path) : [path];
	});

/** Every file of the repository, by its path from the root. */
export const files: ReadonlySet<string> = new Set(filesOf('.'));

/** Every Markdown page. */
export const pages = [...files].filter((file) => file.endsWith('.md')).sort();

export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** A text without its code, which holds no headings and no links. */
export const withoutCode = (text: string): string =>
	text
		.replace(/^(```+).*\n[^]*?^\1$/gm, '')
		.replace(/(`+)[^`]*?\1/g, (code) => ' '.repeat(code.length));

/** The headings of a page, in their order. */
export const headingsOf = (text: string): Array<{ level: number; title: string }> =>
	[...text.replace(/^(```+).*\n[^]*?^\1$/gm, '').matchAll(/^(#{1,6}) (.+)$/gm)].map(
		([, marks, title]) => ({ level: marks!.length, title: title!.trim() }),
	);

/** The anchor that GitHub gives a heading: letters of any script, digits, hyphens and underscores stay. */
export const anchorOf = (title: string): string =>
	title
		.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
		.toLowerCase()
		.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
		.replace(/ /g, '-');

/** The anchors of a page; a heading that is there before gets a number. */
export function anchorsOf(text: string): ReadonlySet<string> {
	const anchors = new Set<string>();
	for (const { title } of headingsOf(text)) {
		const anchor = anchorOf(title);
		let unique = anchor;
		for (let number = 1; anchors.has(unique); number += 1) unique = `${anchor}-${number}`;
		anchors.add(unique);
	}
	return anchors;
}

/** What a page links to and shows, as it is written. */
export const linksOf = (text: string): string[] =>
	[
		...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|\s(?:href|src)="([^"]+)"/g),
	].map(([, inText, inTag]) => (inText ?? inTag)!);

/** Addresses of our own repository in any text. */
export const ownAddressesIn = (text: string): string[] =>
	[...text.matchAll(/https:\/\/github\.com\/clawbot\/n8n-nodes-clawbot[^\s"'`)<>\\\]]*/g)].map(
		([address]) => address,
	);

/** The file and the anchor that a link leads to; undefined where it leaves the repository. */
function targetOf(from: string, link: string): { file: string; anchor?: string } | undefined {
	const [address = '', anchor] = link.split('#', 2);
	if (address.startsWith(OWN_ADDRESS)) {
		const path = address
			.slice(OWN_ADDRESS.length)
			.replace(/^(\.git)?\/?((blob|tree)\/main\/?)?/, '');
		return { file: path || FRONT_PAGE, anchor };
	}
	if (/^[a-z][a-z0-9+.-]*:/.test(address)) return undefined;
	const path = decodeURIComponent(address);
	return { file: path ? posix.join(posix.dirname(from), path) : from, anchor };
}

const isFolder = (path: string): boolean =>
	[...files].some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));

/**
 * What is wrong with a link.
 * @param from the file that it stands in
 * @returns undefined: it leads to a file and a heading that exist, or out of the repository
 */
export function problemOf(from: string, link: string): string | undefined {
	const target = targetOf(from, link);
	if (!target) return undefined;
	const { file, anchor } = target;
	if (!files.has(file)) return isFolder(file) && !anchor ? undefined : `${from}: no file ${link}`;
	// GitHub shows the front page's own anchors under these names as well.
	if (anchor === undefined || (file === FRONT_PAGE && anchor === 'readme')) return undefined;
	return anchorsOf(read(file)).has(decodeURIComponent(anchor))
		? undefined
		: `${from}: no heading ${link}`;
}

const isText = (value: string | undefined): value is string => value !== undefined;

/** What is wrong with the links of a page. */
export const problemsOf = (from: string, text: string): string[] =>
	linksOf(text)
		.map((link) => problemOf(from, link))
		.filter(isText);
