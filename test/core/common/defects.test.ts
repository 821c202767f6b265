import { defectOf, isDefect } from '../../../core/common/defects';

const thrown = (work: () => unknown): unknown => {
	try {
		return work();
	} catch (error) {
		return error;
	}
};

it.each<[string, boolean, () => unknown]>([
	['a property of nothing', true, () => (undefined as unknown as { a: string }).a],
	['a list of an impossible length', true, () => new Array(-1)],
	['an address that is none', false, () => new URL('no address')],
	[
		'a broken connection',
		false,
		() => {
			throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
		},
	],
	[
		'a fetch that failed',
		false,
		() => {
			throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
		},
	],
	[
		'an error of a closed set',
		false,
		() => {
			throw new Error('bad input');
		},
	],
	['a text', false, () => 'x'],
	['nothing', false, () => undefined],
])('%s: a bug? %s', (_name, expected, work) => {
	expect(isDefect(thrown(work))).toBe(expected);
});

it('A defect has its place, its words and its stack, whatever was thrown', () => {
	const { stack, ...rest } = defectOf('rule CPU', new TypeError('x is not a function'));
	expect(rest).toEqual({ where: 'rule CPU', message: 'TypeError: x is not a function' });
	expect(stack).toContain('defects.test.ts');
	expect(defectOf('rule CPU', 'odd').message).toBe('Error: odd');
});
