import fc from 'fast-check';
import { readPageRequest, REFUSALS } from '../../../core/registration/page';
import { currentOf } from '../../../core/registration/scan';

const CSRF = 'c'.repeat(64);
const sent = (body: object) => readPageRequest({}, { csrf: CSRF, ...body }, CSRF);
const looked = (query: object) => readPageRequest({ ...query }, {}, CSRF);

describe('A look', () => {
	it.each([
		[{}, { action: 'list' }],
		[{ scan: 'abc' }, { action: 'look', scan: 'abc' }],
		[{ bot: 'A_b-1' }, { action: 'show', id: 'A_b-1', looks: 0 }],
		[
			{ bot: 'A', looks: '7' },
			{ action: 'show', id: 'A', looks: 7 },
		],
		[
			{ bot: 'A', looks: '-1' },
			{ action: 'show', id: 'A', looks: 0 },
		],
		[{ bot: '../x' }, { action: 'list' }],
		// Whatever an address says, it changes nothing.
		[{ action: 'reallyDisconnect', id: 'A', csrf: CSRF }, { action: 'list' }],
	])('at %j', (query, request) => expect(looked(query)).toEqual(request));
});

describe('A form', () => {
	it('is read', () => {
		expect(sent({ action: 'begin', platform: 'feishu' })).toEqual({
			action: 'begin',
			platform: 'feishu',
		});
		expect(sent({ action: 'begin', platform: 'wecom', replaces: 'A' })).toMatchObject({
			replaces: 'A',
		});
		expect(sent({ action: 'cancel', scan: 's' })).toEqual({ action: 'cancel', scan: 's' });
		for (const action of ['goOn', 'check', 'disconnect', 'reallyDisconnect']) {
			expect(sent({ action, id: 'A' })).toEqual({ action, id: 'A' });
		}
		const confirm = { action: 'confirm', id: 'A', person: 'ou_1' };
		expect(sent({ ...confirm, workflows: 'w1' })).toMatchObject({ workflows: ['w1'] });
		expect(sent({ ...confirm, workflows: ['w1', 'w2', 'w1'] })).toEqual({
			...confirm,
			workflows: ['w1', 'w2'],
		});
	});

	it.each([
		[{ action: 'begin', platform: 'irc' }, 'field'],
		[{ action: 'begin', platform: 'feishu', replaces: 'a b' }, 'field'],
		[{ action: 'check' }, 'field'],
		[{ action: 'confirm', id: 'A', workflows: 'w' }, 'person'],
		[{ action: 'confirm', id: 'A', person: 'p'.repeat(201), workflows: 'w' }, 'person'],
		[{ action: 'confirm', id: 'A', person: 'p' }, 'workflows'],
		[{ action: 'confirm', id: 'A', person: 'p', workflows: ['../x'] }, 'workflows'],
		[{ action: 'look' }, 'action'],
	])('%j is refused', (body, refusal) => expect(sent(body)).toEqual({ refusal }));

	it('without the token is refused, also where the page has none yet', () => {
		const body = { action: 'check', id: 'A' };
		expect(readPageRequest({}, body, CSRF)).toEqual({ refusal: 'form' });
		expect(readPageRequest({}, { ...body, csrf: '' }, '')).toEqual({ refusal: 'form' });
	});

	it('may hold anything', () => {
		const words = fc.constantFrom('begin', 'confirm', 'check', 'cancel', 'x');
		const anything = fc.dictionary(
			fc.constantFrom('id', 'person', 'workflows', 'platform', 'replaces', 'scan', 'looks', 'bot'),
			fc.anything(),
		);
		fc.assert(
			fc.property(words, anything, (action, fields) => {
				for (const read of [sent({ ...fields, action }), looked(fields)]) {
					if ('refusal' in read) expect(REFUSALS).toHaveProperty(read.refusal);
					else expect(JSON.stringify(read).length).toBeLessThan(20_000);
				}
			}),
		);
	});
});

it('The latest scan of a platform counts, whoever knows of it', () => {
	expect(currentOf(undefined, undefined)).toBeUndefined();
	expect(currentOf({ id: 'a', at: 1 }, { id: 'b', at: 2 })).toEqual({ id: 'b', at: 2 });
	expect(currentOf({ id: 'a', at: 2 }, { id: 'b', at: 1 })).toEqual({ id: 'a', at: 2 });
	expect(currentOf(undefined, { id: 'b', at: 1 })).toEqual({ id: 'b', at: 1 });
	expect(currentOf({ id: 'a', at: 2 }, { id: 5 })).toEqual({ id: 'a', at: 2 });
});
