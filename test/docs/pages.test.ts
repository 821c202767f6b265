import { ownNodes } from '../nodes/panel';
import {
	anchorOf,
	anchorsOf,
	files,
	headingsOf,
	linksOf,
	ownAddressesIn,
	pages,
	problemOf,
	problemsOf,
	read,
	withoutCode,
} from './pages';

/* What the pages promise each other, read from the files: no network. */

describe('Links', () => {
	it.each(pages)('of %s lead to files and headings that exist', (page) => {
		expect(problemsOf(page, read(page))).toEqual([]);
	});

	it('to our repository in code and workflows do so too', () => {
		const sources = [...files].filter((file) =>
			/^(nodes|core|credentials|scripts|sandbox|workflows|package\.json).*\.(ts|js|mjs|json|html)$/.test(
				file,
			),
		);
		const links = sources.flatMap((file) =>
			ownAddressesIn(read(file)).map((link) => ({ file, link })),
		);
		expect(links.length).toBeGreaterThan(30);
		expect(links.map(({ file, link }) => problemOf(file, link)).filter(Boolean)).toEqual([]);
	});

	it('that are broken are found', () => {
		const text = [
			'# Title',
			'[a](docs/nodes.md) [b](docs/node.md) [c](#title) [d](#tittle) ![e](docs/images/none.png)',
			'[f](docs/nodes.md#ai-reply) [g](docs/nodes.md#ai-replies) [h](https://example.com/x#y)',
			'<img src="docs/images/none.svg"> `[i](docs/none.md)` [j](docs/nodes.md "title")',
			'[k](https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/none.md)',
			'```',
			'[l](docs/none.md)',
			'```',
		].join('\n');
		const broken = ['docs/node.md', '#title', '#tittle', 'docs/images/none.png'].concat(
			'docs/nodes.md#ai-replies',
			'docs/images/none.svg',
			'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/none.md',
		);
		expect(problemsOf('README.md', text).map((problem) => problem.split(' ').at(-1))).toEqual(
			broken,
		);
	});

	it.each([
		['Feishu / Lark', 'feishu--lark'],
		['5. When n8n itself dies', '5-when-n8n-itself-dies'],
		['2. Set n8n’s environment', '2-set-n8ns-environment'],
		['第一步：打开 `编辑器`（n8n）', '第一步打开-编辑器n8n'],
		['snake_case [link](x.md)', 'snake_case-link'],
	])('lead to the heading "%s" by #%s', (title, anchor) => {
		expect(anchorOf(title)).toBe(anchor);
	});

	it('lead to the second of two equal headings by a number', () => {
		expect([...anchorsOf('# A\n## B\n## B\n```\n# C\n```\n')]).toEqual(['a', 'b', 'b-1']);
	});
});

it('Every picture in docs/images is shown by a page', () => {
	const shown = new Set(
		pages.flatMap((page) => linksOf(read(page)).map((link) => link.split('/').at(-1))),
	);
	const pictures = [...files].filter((file) => file.startsWith('docs/images/'));
	expect(pictures.filter((file) => !shown.has(file.split('/').at(-1)))).toEqual([]);
});

describe('Docs links of n8n', () => {
	const PAGE = 'https://github.com/clawbot/n8n-nodes-clawbot/blob/main/docs/';
	const credentials = [...files].filter((file) => file.startsWith('credentials/'));

	it('lead from each node to its own section', () => {
		const links = ownNodes.map(({ displayName, codex }) => {
			const [{ url } = { url: '' }] = codex!.resources!.primaryDocumentation!;
			expect({ displayName, url }).toEqual({
				displayName,
				url: `${PAGE}nodes.md#${anchorOf(displayName)}`,
			});
			return url;
		});
		expect(links.map((link) => problemOf('a node', link)).filter(Boolean)).toEqual([]);
	});

	it.each(credentials)('lead from %s to its own section', (file) => {
		const text = read(file);
		const name = /\tdisplayName = '([^']+)'/.exec(text)![1]!;
		expect(ownAddressesIn(text)).toContain(`${PAGE}credentials.md#${anchorOf(name)}`);
	});
});

describe('A page in two languages', () => {
	const pairs = pages
		.filter((page) => page.endsWith('.zh-CN.md'))
		.map((chinese) => ({ chinese, english: chinese.replace('.zh-CN.md', '.md') }));

	/** What a translation must not change. */
	const shapeOf = (page: string) => {
		const text = read(page);
		return {
			headings: headingsOf(text).map(({ level }) => level),
			tableRows: withoutCode(text).match(/^\|.*\|$/gm)?.length ?? 0,
			codeBlocks: text.match(/^```\w+$/gm) ?? [],
			// A picture with words has its own in each language.
			pictures: [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) =>
				file!.replace('.zh-CN.', '.'),
			),
		};
	};

	it('are these', () => {
		expect(pairs.map(({ english }) => english)).toEqual([
			'README.md',
			'docs/connect-a-bot.md',
			'docs/connect/dingtalk.md',
			'docs/connect/feishu.md',
			'docs/connect/wecom.md',
			'docs/connections.md',
			'docs/credentials.md',
			'docs/first-bot.md',
			'docs/install.md',
			'docs/nodes.md',
			'docs/performance.md',
			'workflows/README.md',
		]);
	});

	it.each(pairs)('has the same parts: $english', ({ chinese, english }) => {
		expect(shapeOf(chinese)).toEqual(shapeOf(english));
	});

	it.each(pairs)('links its other one: $english', ({ chinese, english }) => {
		const name = (page: string) => page.split('/').at(-1);
		expect(linksOf(read(english))).toContain(name(chinese));
		expect(linksOf(read(chinese))).toContain(name(english));
	});

	it.each(pairs)('leads to pages of its language: $chinese', ({ chinese }) => {
		const translated = pairs.map(({ english }) => english.split('/').at(-1)!);
		const others = linksOf(read(chinese))
			.map((link) => link.split('#')[0]!)
			.filter((link) => !/^https?:/.test(link) && translated.includes(link.split('/').at(-1)!));
		// Its own other language, and nothing else.
		expect(new Set(others)).toEqual(
			new Set([chinese.split('/').at(-1)!.replace('.zh-CN.md', '.md')]),
		);
	});
});

describe('The README', () => {
	const HEADINGS = [
		'Installation',
		'Operations',
		'Credentials',
		'Compatibility',
		'Usage',
		'Resources',
		'Version history',
	];
	const WORDS = 700;
	/** Beside tables, code and pictures. Two Chinese characters count as a word. */
	const wordsOf = (page: string): number => {
		const text = read(page)
			.replace(/^(```+).*\n[^]*?^\1$/gm, '')
			.replace(/^\|.*$/gm, '')
			.replace(/!\[[^\]]*\]\([^)]*\)/g, '')
			.replace(/\]\([^)]*\)/g, ']');
		const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0;
		const words = text.replace(/\p{Script=Han}/gu, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}’'.-]*/gu);
		return (words?.length ?? 0) + characters / 2;
	};

	it('has the headings that n8n asks of community nodes, in their order', () => {
		const titles = headingsOf(read('README.md')).map(({ title }) => title);
		expect(titles.filter((title) => HEADINGS.includes(title))).toEqual(HEADINGS);
	});

	it.each(['README.md', 'README.zh-CN.md'])('is one page: %s', (page) => {
		expect(wordsOf(page)).toBeLessThanOrEqual(WORDS);
		expect(wordsOf(page)).toBeGreaterThan(WORDS / 3);
	});
});

it('Workflows have in every page the name that they have in n8n', () => {
	const names = [...files]
		.filter((file) => /^workflows\/.*\.json$/.test(file))
		.map((file) => (JSON.parse(read(file)) as { name: string }).name);
	const written = pages.flatMap((page) =>
		[...read(page).matchAll(/\*(ClawBot(?: \d \w+)?: [^*…]+)\*/g)].map(([, name]) => name!),
	);
	expect(written.length).toBeGreaterThan(5);
	expect(written.filter((name) => !names.includes(name))).toEqual([]);
});

interface Called {
	nodes: Array<{ type: string; parameters: { workflowId?: { value?: string } } }>;
	id: string;
}

describe('The publish order', () => {
	const bundled = new Map(
		[...files]
			.filter((file) => /^workflows\/[\w-]+\.json$/.test(file))
			.map((file) => [/([\w-]+)\.json$/.exec(file)![1]!, JSON.parse(read(file)) as Called]),
	);
	const nameOf = new Map([...bundled].map(([name, { id }]) => [id, name]));
	const callsOf = ({ nodes }: Called) =>
		nodes
			.filter(({ type }) => type.endsWith('.executeWorkflow'))
			.map(({ parameters }) => nameOf.get(parameters.workflowId?.value ?? ''))
			.filter((name) => name !== undefined);

	/** The steps of a page: the names of each line of its numbered list. */
	const stepsOf = (page: string): string[][] => {
		const section = read(page)
			.split(/^### (?:Publish order|发布顺序)$/m)[1]!
			.split(/^## /m)[0]!;
		return [...section.matchAll(/^\d\. (.+(?:\n {3}.+)*)/gm)].map(([, step]) =>
			step!.split(/[,、]\s*/),
		);
	};

	/** Workflows that would be published before one that they call, or not at all. */
	const tooEarly = (steps: string[][]): string[] => {
		const published = new Set<string>();
		const early: string[] = [];
		for (const step of steps) {
			const ready = ({ name }: { name: string }) =>
				callsOf(bundled.get(name)!).every((called) => published.has(called));
			early.push(...step.filter((name) => !ready({ name })));
			for (const name of step) published.add(name);
		}
		return [...early, ...[...bundled.keys()].filter((name) => !published.has(name))];
	};

	it.each(['workflows/README.md', 'workflows/README.zh-CN.md'])('of %s is right', (page) => {
		const steps = stepsOf(page);
		expect(steps.flat().filter((name) => !bundled.has(name))).toEqual([]);
		expect(tooEarly(steps)).toEqual([]);
	});

	it('would be wrong the other way round', () => {
		expect(tooEarly(stepsOf('workflows/README.md').reverse())).toContain('watch-metrics');
	});
});
