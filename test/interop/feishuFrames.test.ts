import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { FrameAssembler } from '../../protocol/feishu/fragments';
import { decodeFrame, encodeFrame, type LongConnectionFrame } from '../../protocol/feishu/frame';
import { acknowledgeFrame } from '../../protocol/feishu/stream';
import { lark, silent, type LarkConnection } from './larkSdk';
import { judged, orRefused, text, word } from './seeds';

/* The long connection of Feishu's SDK, fed with our frames: it decodes, joins, hands on and acknowledges them. */

/** The SDK's client on a socket of ours: bytes in, events and acknowledgements out. */
class Connection {
	readonly events: unknown[] = [];
	readonly sent: Buffer[] = [];
	private readonly socket = Object.assign(new EventEmitter(), {
		readyState: 1,
		send: (bytes: Uint8Array) => this.sent.push(Buffer.from(bytes)),
	});
	private readonly client: LarkConnection;

	constructor() {
		this.client = new lark.WSClient({ appId: 'cli_0123456789abcdef', appSecret: 's', ...silent });
		this.client.eventDispatcher = new lark.EventDispatcher(silent).register({
			e: ({ said }) => void this.events.push(said),
		});
		this.client.wsConfig.setWSInstance(this.socket);
		this.client.communicate();
	}

	async receive(frame: LongConnectionFrame): Promise<void> {
		this.socket.emit('message', encodeFrame(frame));
		await new Promise((done) => setImmediate(done));
	}

	close(): void {
		this.client.dataCache.destroy();
	}
}

/** The SDK reads ids as numbers and echoes larger ones rounded; ours are exact, see the vectors. */
const id64 = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const event = (said: string): string =>
	JSON.stringify({ schema: '2.0', header: { event_type: 'e' }, event: { said } });

/** Parts that wait are told by this: no message may take another one's. */
let messages = 0;
const newId = (): string => `m${++messages}`;

const connection = new Connection();
afterAll(() => connection.close());
beforeEach(() => {
	connection.events.length = 0;
	connection.sent.length = 0;
});

const whole = fc.record({
	seqId: id64,
	logId: id64,
	service: int32,
	said: text,
	id: word(1, 20),
	more: fc.array(fc.tuple(word(1, 9), text), { maxLength: 4 }),
	logIdNew: fc.option(text, { nil: undefined }),
});

describe('@larksuiteoapi/node-sdk', () => {
	judged(
		'reads the frames that we write, and acknowledges them as we do',
		600,
		fc.asyncProperty(whole, async ({ seqId, logId, service, said, id, more, logIdNew }) => {
			const frame: LongConnectionFrame = {
				...{ seqId, logId, service, method: 1 },
				headers: [
					['type', 'event'],
					['message_id', id],
					['sum', '1'],
					['seq', '0'],
					...more.map(([key, value]): [string, string] => [`x-${key}`, value]),
				],
				payload: Buffer.from(event(said)),
				...(logIdNew !== undefined && { logIdNew }),
			};
			await connection.receive(frame);
			expect(connection.events.pop()).toBe(said);
			const theirs = decodeFrame(connection.sent.pop()!);
			const took = Number(theirs.headers.at(-1)?.[1]);
			expect(theirs).toEqual(acknowledgeFrame(frame, took));
			expect(encodeFrame(theirs)).toEqual(encodeFrame(acknowledgeFrame(frame, took)));
		}),
	);

	// An empty place is none to us; to the SDK it is 0, as everything empty is a number in JavaScript.
	const place = fc.oneof(
		fc.integer({ min: -1, max: 4 }).map(String),
		fc.constantFrom('2.5', '0.5', 'x', 'NaN', 'Infinity', '-0.1', undefined),
	);
	judged(
		'takes the places of parts that we take, and no others',
		600,
		fc.asyncProperty(place, place, async (sum, seq) => {
			const id = newId();
			const headers: Array<[string, string]> = [
				['type', 'event'],
				['message_id', id],
			];
			if (sum !== undefined) headers.push(['sum', sum]);
			if (seq !== undefined) headers.push(['seq', seq]);
			const frame = {
				seqId: 1n,
				logId: 1n,
				service: 1,
				method: 1,
				headers,
				payload: Buffer.from(event(id)),
			};
			const ours = orRefused(() => new FrameAssembler().add(frame, 0) ?? 'waits');
			await connection.receive(frame);
			const isWhole = connection.events.pop() === id;
			expect(isWhole).toBe(ours === event(id));
			if (isWhole || sum === undefined || seq === undefined) return;
			// One that waits is completed by its other parts; one that was refused never is.
			const others = [0, 1, 2, 3].filter((at) => at < Number(sum) && String(at) !== seq);
			for (const at of others) {
				const payload = Buffer.from(at === 0 ? event(id) : '');
				await connection.receive({
					...frame,
					headers: [...headers.slice(0, 2), ['sum', sum], ['seq', String(at)]],
					payload,
				});
			}
			const isPart = /^[0-4]$/.test(seq) && /^[2-4]$/.test(sum) && Number(seq) < Number(sum);
			expect(ours === 'waits').toBe(isPart);
		}),
	);

	judged(
		'joins parts in any order, and twice, to what we join',
		600,
		fc.asyncProperty(
			text,
			fc.integer({ min: 1, max: 6 }),
			fc.array(fc.nat(5), { maxLength: 12 }),
			async (said, sum, order) => {
				const id = newId();
				const bytes = Buffer.from(event(said));
				const size = Math.ceil(bytes.length / sum);
				const assembler = new FrameAssembler();
				const ours: string[] = [];
				for (const seq of [...order.map((at) => at % sum), ...Array(sum).keys()]) {
					const frame: LongConnectionFrame = {
						...{ seqId: 1n, logId: 1n, service: 1, method: 1 },
						headers: [
							['type', 'event'],
							['message_id', id],
							['sum', String(sum)],
							['seq', String(seq)],
						],
						payload: bytes.subarray(seq * size, (seq + 1) * size),
					};
					const joined = assembler.add(frame, 0);
					if (joined !== undefined) ours.push(joined);
					await connection.receive(frame);
				}
				const theirs = connection.events.splice(0);
				expect(ours).toEqual(theirs.map(() => event(said)));
				expect(theirs).toEqual(ours.map(() => said));
				expect(ours.length).toBeGreaterThan(0);
			},
		),
	);
});

it('A judge finds what is wrong (control): parts joined in the order in which they come', async () => {
	const property = fc.asyncProperty(fc.integer({ min: 2, max: 5 }), async (sum) => {
		const id = newId();
		const bytes = Buffer.from(event(id));
		const size = Math.ceil(bytes.length / sum);
		const parts = [...Array(sum).keys()].map((seq) => bytes.subarray(seq * size, (seq + 1) * size));
		for (const seq of [...Array(sum).keys()].reverse()) {
			const headers: Array<[string, string]> = [
				['type', 'event'],
				['message_id', id],
				['sum', String(sum)],
				['seq', String(seq)],
			];
			await connection.receive({
				seqId: 1n,
				logId: 1n,
				service: 1,
				method: 1,
				headers,
				payload: parts[seq],
			});
		}
		expect(connection.events.pop()).toBe(Buffer.concat(parts.reverse()).toString());
	});
	expect((await fc.check(property, { numRuns: 10 })).failed).toBe(true);
});
