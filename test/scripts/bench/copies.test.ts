import { chosen, help, secondsFor } from '../../../scripts/bench/choice';
import { LOADS, NETWORKS, PARTS, WARM_UP } from '../../../scripts/bench/plan';
import {
	copyByStream,
	copyWithoutKeepAlive,
	credentialsWithoutKeepAlive,
} from '../../../scripts/bench/workflows';
import { sandboxAccounts } from '../../../scripts/system/sandbox';
import { isByStream } from '../../../scripts/workflows/streams';
import { webhooks } from '../../../scripts/workflows/workflows';

/* What the benchmark makes of the bundled bot, and sends to it. */

it('a copy by connection has the three that speak so, and waits for no request', () => {
	const copy = copyByStream('Stream');
	const triggers = copy.nodes.filter(isByStream);
	expect(triggers.map(({ type }) => type.split('.')[1]).sort()).toEqual([
		'dingTalkTrigger',
		'feishuTrigger',
		'weComTrigger',
	]);
	expect(webhooks(copy)).toEqual([]);
});

it('a copy without Keep-Alive is the same with other credentials, which there are', () => {
	const [copy, other] = [copyByStream('X'), copyWithoutKeepAlive('X')];
	const names = (workflow: typeof copy) =>
		workflow.nodes.flatMap(({ credentials = {} }) =>
			Object.values(credentials).map(({ name }) => name),
		);
	const made = credentialsWithoutKeepAlive(sandboxAccounts('https://127.0.0.1:1'));
	expect(names(other)).toEqual(names(copy).map((name) => `${name}, without Keep-Alive`));
	for (const name of names(other)) {
		expect(made.find((each) => each.name === name)!.data).toMatchObject({ keepAlive: false });
	}
	const without = (workflow: typeof copy) =>
		workflow.nodes.map((node) => ({ ...node, credentials: undefined }));
	expect(without(other)).toEqual(without(copy));
});

describe('the plan', () => {
	const cells = Object.values(PARTS).flatMap((part) =>
		part.cells.map((cell) => ({ part, ...cell })),
	);

	it('sends known loads over networks of its parts, each once', () => {
		for (const [name, { cells: own }] of Object.entries(PARTS)) {
			const keys = own.map(({ network, load, side }) => `${name} ${network} ${load} ${side}`);
			expect(new Set(keys).size).toBe(keys.length);
		}
		for (const { part, network, load } of cells) {
			expect(LOADS[load]).toBeDefined();
			expect(NETWORKS[network]).toBeDefined();
			expect(load).not.toBe(WARM_UP);
			expect(network === 'plain').toBe(!part.tls);
		}
	});

	it('has all that the verdicts need, with either engine', () => {
		for (const engine of ['lazy', 'default'] as const) {
			const own = cells.filter(({ part }) => part.engine === engine);
			for (const load of ['17/s', 'burst']) {
				for (const network of ['plain', 'tls40']) {
					const sides = own
						.filter((cell) => cell.load === load && cell.network === network)
						.map(({ side }) => side);
					expect(sides).toEqual(expect.arrayContaining(['floor', 'http', 'stream']));
				}
			}
		}
	});

	it('the floor comes last over each network: its bursts burden what follows', () => {
		for (const { cells: own } of Object.values(PARTS)) {
			const first = own.findIndex(({ side }) => side === 'floor');
			expect(own.slice(first).every(({ side }) => side === 'floor')).toBe(true);
		}
	});
});

describe('the choice', () => {
	const sidesOf = (choice: ReturnType<typeof chosen>) =>
		new Set(choice.parts.flatMap(({ cells }) => cells.map(({ side }) => side)));

	it('is all of it where nothing is named', () => {
		const all = chosen({});
		expect(all.isWhole).toBe(true);
		expect(all.parts.map(({ name }) => name)).toEqual(Object.keys(PARTS));
		expect(all.others).toEqual(['reliability', 'idle']);
	});

	it('takes parts, sides and loads, and then writes no page', () => {
		const some = chosen({ only: 'lazy-tls,default', side: 'stream,no-keep-alive', load: 'burst' });
		expect(some).toMatchObject({ isWhole: false, others: [] });
		expect(sidesOf(some)).toEqual(new Set(['stream', 'noKeepAlive']));
		expect(chosen({ only: 'idle' })).toMatchObject({ parts: [], others: ['idle'] });
		expect(chosen({ load: 'burst' }).others).toEqual([]);
		expect(secondsFor(some)).toBeLessThan(secondsFor(chosen({})));
	});

	it.each([
		[{ only: 'lasy' }, '--only lasy'],
		[{ side: 'http,kept' }, '--side kept'],
		[{ load: WARM_UP }, `--load ${WARM_UP}`],
	])('says of %j what is unknown', (values, words) => {
		expect(() => chosen(values)).toThrow(words);
	});

	it('its help has every part, side and load', () => {
		const text = help();
		const loads = Object.keys(LOADS).filter((name) => name !== WARM_UP);
		for (const word of [...Object.keys(PARTS), ...loads, 'no-keep-alive', 'reliability', 'idle'])
			expect(text).toContain(word);
	});
});
