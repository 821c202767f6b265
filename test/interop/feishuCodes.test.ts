import fc from 'fast-check';
import {
	begin,
	isOpen,
	mayAsk,
	step,
	look,
	type RegistrationFlow,
} from '../../core/registration/flow';
import { permissions } from '../../protocol/feishu/permissions';
import {
	beginRequest,
	encodeAddons,
	pollRequest,
	readBegun,
	readPolled,
	registrationDefaults as settings,
} from '../../protocol/feishu/registration';
import type { RegistrationRequest, RegistrationResponse } from '../../protocol/registration';
import { lark } from './larkSdk';
import { judged, word } from './seeds';

/* `registerApp` of Feishu's SDK, whose requests are answered here: what it asks, shows and waits for is right. */

/** Answers the SDK's requests in the place of the network. What it reads of a refusal is its body, as of any answer. */
function answerSdk(answer: (request: RegistrationRequest) => RegistrationResponse): void {
	lark.defaultHttpInstance.defaults.adapter = async (config) => {
		const { status, body } = answer({
			method: config.method!.toUpperCase() as 'POST',
			url: config.url!,
			headers: { 'content-type': String(config.headers.get('content-type')) },
			body: config.data,
		});
		return { status, statusText: '', data: body, headers: {}, config };
	};
}

const begun = {
	device_code: 'device-1',
	verification_uri_complete: 'https://open.feishu.cn/page/launcher?user_code=A-B&x=%E4%BD%A0',
	expires_in: 600,
	interval: 5,
};

const ended = new AbortController();
ended.abort();

describe('The SDK', () => {
	/** What it asks for a code, and what it shows. */
	async function sdkCode(options: object): Promise<{ asked: RegistrationRequest; url: string }> {
		let asked!: RegistrationRequest;
		let url = '';
		answerSdk((request) => {
			asked = request;
			return { status: 200, body: begun };
		});
		const onQRCodeReady = (code: { url: string }) => (url = code.url);
		const over = { ...options, signal: ended.signal, onQRCodeReady };
		await lark.registerApp(over).catch(() => undefined);
		return { asked, url };
	}

	it('asks for a code in the same words', async () => {
		expect((await sdkCode({})).asked).toEqual(beginRequest(settings));
	});

	const names = (kind: string) =>
		permissions.filter((each) => each.kind === kind).map(({ name }) => name);
	const addons = {
		preset: false,
		scopes: { tenant: names('scope') },
		events: { items: { tenant: names('event') } },
		callbacks: { items: names('callback') },
	};

	it.each([
		[undefined, { createOnly: true }],
		['cli_0123456789abcdef', { appId: 'cli_0123456789abcdef' }],
	])('shows the same code for app %s', async (appId, options) => {
		const { url } = await sdkCode({ source: 'n8n-nodes-clawbot', addons, ...options });
		const proposal = { addons: await encodeAddons(permissions), appId };
		expect(readBegun({ status: 200, body: begun }, settings, proposal).address).toBe(url);
	});

	judged(
		'encodes the same addons',
		50,
		fc.asyncProperty(fc.array(word(1, 40), { minLength: 1, maxLength: 20 }), async (items) => {
			const { url } = await sdkCode({
				addons: { ...addons, scopes: { tenant: items } },
			});
			const encoded = await encodeAddons([
				...items.map((name) => ({ kind: 'scope' as const, name, why: { zh: '', en: '' } })),
				...permissions.filter(({ kind }) => kind !== 'scope'),
			]);
			expect(encoded).toBe(new URL(url).searchParams.get('addons'));
		}),
	);
});

describe('A scan followed by the SDK', () => {
	beforeAll(() => jest.useFakeTimers());
	afterAll(() => jest.useRealTimers());

	interface Followed {
		/** The questions, and how long after the one before each came. */
		asked: Array<RegistrationRequest & { afterMs: number }>;
		ending: string;
		credentials?: string[];
	}

	async function bySdk(responses: RegistrationResponse[]): Promise<Followed> {
		const asked: Followed['asked'] = [];
		let [isBegun, lastAt] = [false, 0];
		answerSdk((request) => {
			if (!isBegun) {
				isBegun = true;
				return { status: 200, body: begun };
			}
			const now = Date.now();
			asked.push({ ...request, afterMs: asked.length === 0 ? 0 : now - lastAt });
			lastAt = now;
			return responses[Math.min(asked.length, responses.length) - 1]!;
		});
		let followed: Followed | undefined;
		void lark.registerApp({ onQRCodeReady: () => undefined }).then(
			({ client_id, client_secret }) => {
				followed = { asked, ending: 'granted', credentials: [client_id, client_secret] };
			},
			({ code }: { code: string }) => (followed = { asked, ending: ENDINGS[code] ?? 'failed' }),
		);
		while (!followed) await jest.advanceTimersByTimeAsync(1000);
		return followed;
	}

	const ENDINGS: Record<string, string> = { access_denied: 'denied', expired_token: 'expired' };

	function byFlow(responses: RegistrationResponse[]): Followed {
		const asked: Followed['asked'] = [];
		const code = readBegun({ status: 200, body: begun }, settings, { addons: 'A' });
		let flow: RegistrationFlow = begin(code, 0);
		let [now, lastAt] = [0, 0];
		let credentials: string[] | undefined;
		while (isOpen(flow)) {
			now = flow.nextAskAt;
			if (mayAsk(flow, now)) {
				const afterMs = asked.length === 0 ? 0 : now - lastAt;
				asked.push({ ...pollRequest(settings, flow), afterMs });
				lastAt = now;
				const response = responses[Math.min(asked.length, responses.length) - 1]!;
				const answer = readPolled(response, settings, flow);
				if (answer.status === 'granted') {
					credentials = [answer.values.appId!, answer.values.appSecret!];
				}
				flow = step(flow, answer, now);
			} else {
				flow = look(flow, now);
			}
		}
		return { asked, ending: flow.ending, ...(credentials && { credentials }) };
	}

	const refused = (error: string) => ({ status: 400, body: { error, error_description: 'why' } });
	const isLark = { user_info: { tenant_brand: 'lark' } };
	const pending = refused('authorization_pending');
	const answer = fc.oneof(
		{ weight: 6, arbitrary: fc.constant(pending) },
		{
			weight: 6,
			arbitrary: fc.constantFrom<RegistrationResponse>(
				{ status: 200, body: {} },
				refused('slow_down'),
				{ status: 400, body: { ...pending.body, ...isLark } },
				{ status: 200, body: isLark },
			),
		},
		fc.constantFrom<RegistrationResponse>(
			...['access_denied', 'expired_token', 'invalid_request'].map(refused),
			{ status: 200, body: { client_id: 'cli_1', client_secret: 'S-1' } },
			{
				status: 200,
				body: { client_id: 'cli_1', client_secret: 'S-1', user_info: { open_id: 'ou_1' } },
			},
		),
	);

	judged(
		'has the same questions, at the same times, and the same end',
		200,
		fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 12 }), async (responses) => {
			const [theirs, ours] = [await bySdk(responses), byFlow(responses)];
			expect({ ...ours, asked: withoutMoves(ours) }).toEqual({
				...theirs,
				asked: withoutMoves(theirs),
			});
		}),
	);

	/**
	 * The SDK begins at once and asks at once where it has moved to, and so has time for more questions before the
	 * expiry: the times around these, and the last questions of a code that expires, are not compared.
	 */
	function withoutMoves({ asked, ending }: Followed): object[] {
		const compared = ending === 'expired' ? asked.slice(0, 12) : asked;
		return compared.map(({ afterMs, ...request }, index) =>
			compared[index - 1]?.url === request.url ? { ...request, afterMs } : request,
		);
	}
});
