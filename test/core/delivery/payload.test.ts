import fc from 'fast-check';
import { acceptFailure } from '../../../core/delivery/accept';
import { leaseDue } from '../../../core/delivery/lease';
import { Pace } from '../../../core/delivery/pace';
import type { DeliveryRow, Unsent } from '../../../core/delivery/delivery';
import { digestGroup } from '../../../core/delivery/digest';
import { openRows } from '../../../core/delivery/open';
import { readUnsent } from '../../../core/delivery/payload';
import { changedRow, isJoint } from '../../../core/delivery/row';
import { anyMessage, EXAMPLES, examples, throughJson } from '../../protocol/messages';
import { entryOf, failure, middle, NOW, ORIGIN, SECOND, unsent, waitingRow } from './rows';

const options = {
	processToken: 'me',
	newId: () => '1',
	singleProcess: true,
	questionsAtOnce: 50,
	/** A fresh one for each look. */
	get heldBack() {
		return new Pace();
	},
	isHeld: () => false,
	now: NOW + SECOND,
};

/** What a message comes back as when it has failed, been stored, been leased and been opened. */
function throughQueue(message: Unsent): Unsent | undefined {
	const error = failure({ unsent: throughJson(message) });
	const kept = acceptFailure({ error }, ORIGIN, NOW, middle);
	const leased = leaseDue([throughJson(kept)], options);
	const { send } = openRows(leased.map(throughJson));
	return send[0]?.json.unsent;
}

describe('A message that waits', () => {
	it.each(examples)('comes back from the queue as the same %s', (_, content) => {
		expect(throughQueue(unsent({ content }))).toEqual(unsent({ content }));
	});

	it('comes back as the same, whatever it is', () => {
		fc.assert(
			fc.property(anyMessage, (content) => {
				expect(throughQueue(unsent({ content }))).toEqual(unsent({ content }));
			}),
		);
	});

	it('does not come back where it was damaged on its way', () => {
		const content = { ...EXAMPLES.image, media: {} } as never;
		expect(throughQueue(unsent({ content }))).toBeUndefined();
	});
});

describe('What is unsent is read whole or not at all', () => {
	const target = { type: 'users' as const, ids: ['u1'], idType: 'open_id' as const };
	const replyTo = { platform: 'feishu', messageId: 'm', conversationId: 'c' } as const;
	const wholes: Unsent[] = [
		unsent({ sentParts: 2, messageIds: ['a', 'b'] }),
		unsent({ via: 'app', target, longText: 'refuse', repeatable: true }),
		unsent({ via: 'reply', platform: 'feishu', replyTo }),
	];

	it.each(wholes)('whole: %j', (whole) => {
		expect(readUnsent(throughJson(whole))).toEqual(whole);
	});

	it.each([
		['platform', 'toString'],
		['via', 'pigeon'],
		['via', 'reply'],
		['content', { text: 'hi' }],
		['content', undefined],
		['seed', ''],
		['seed', 7],
		['sentParts', 'two'],
		['sentParts', -1],
		['sentParts', 0.5],
		['messageIds', [7]],
		['messageIds', 'a'],
		['target', null],
		['target', { ids: ['u1', 2] }],
		['target', { type: 'everybody', ids: [] }],
		['target', { ids: ['u1'], idType: 'name' }],
	])('not with the %s %j', (field, value) => {
		expect(readUnsent({ ...wholes[0], [field]: value })).toBeUndefined();
	});

	it('never throws', () => {
		fc.assert(
			fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
				expect(() => readUnsent(value)).not.toThrow();
				for (const field of Object.keys(wholes[1]!)) {
					expect(() => readUnsent({ ...wholes[1], [field]: value })).not.toThrow();
				}
			}),
		);
	});
});

describe('Rows that were stored when there were only texts', () => {
	const stored =
		'{"unsent":{"platform":"wecom","via":"app","target":{"type":"users","ids":["zhangsan"]},"content":{"format":"markdown","text":"**Paid**","title":"报销"},"longText":"split","seed":"0123456789abcdef0123456789abcdef","sentParts":1,"messageIds":["m1"],"repeatable":true},"original":{"format":"text","text":"Payed"}}';
	const read = entryOf(waitingRow({ bot: 'app', payload: stored }));

	it('are read, and what stood there before an edit, too', () => {
		expect(read.payload).toEqual({
			unsent: {
				...(JSON.parse(stored) as { unsent: Unsent }).unsent,
				content: { type: 'markdown', text: '**Paid**', title: '报销' },
			},
			original: { type: 'text', text: 'Payed' },
		});
	});

	it('are leased, and written as rows are written now', () => {
		const [leased] = leaseDue([waitingRow({ bot: 'app', payload: stored })], options);
		expect(leased).toMatchObject({ status: 'waiting', attempts: 2 });
		expect(entryOf(leased!).payload).toEqual(read.payload);
		expect(changedRow(read, {}).payload).not.toContain('"format"');
	});
});

describe('A digest', () => {
	const broadcast = (n: number, content: Unsent['content']): DeliveryRow =>
		waitingRow(
			{ key: `b${n}`, priority: 2, class: 'rateLimited', createdAtMs: NOW + n },
			{ unsent: unsent({ content }) },
		);
	const joined = (content: Unsent['content']): boolean =>
		leaseDue([broadcast(1, content), broadcast(2, content)], options).every(isJoint);

	it.each([
		['texts', { type: 'text', text: 'Disk full' }],
		['Markdown texts', { type: 'markdown', text: '**Disk full**' }],
	] as const)('puts %s together', (_, content) => {
		expect(joined(content)).toBe(true);
	});

	it.each(examples.filter(([type]) => type !== 'text' && type !== 'markdown'))(
		'leaves an %s by itself',
		(_, content) => {
			expect(joined(content)).toBe(false);
			expect(digestGroup(entryOf(broadcast(1, content)))).toBeUndefined();
		},
	);
});
