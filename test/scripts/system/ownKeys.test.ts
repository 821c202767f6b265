import { BOTS, RECOVERY, connectKey, ownCredential } from '../../../scripts/system/ownKeys';

const URL = 'http://127.0.0.1:6000';

/** An n8n that knows some keys; it notes what it is asked for. */
function fakeN8n(url: string) {
	const calls: unknown[][] = [];
	return {
		url,
		calls,
		createKey: async (...args: unknown[]) => {
			calls.push(['createKey', ...args]);
			return 'new key';
		},
		api: {
			call: async (...args: unknown[]) => {
				calls.push(args);
			},
		},
	};
}

describe.each([
	[RECOVERY, ['execution:list', 'execution:read', 'execution:retry', 'securityAudit:generate']],
	[
		BOTS,
		[
			...['list', 'create', 'read', 'update', 'delete'].map((does) => `credential:${does}`),
			...['list', 'read', 'update', 'activate', 'deactivate'].map((does) => `workflow:${does}`),
		],
	],
])('the key of a bundled workflow: $label', (own, scopes) => {
	afterEach(() => jest.restoreAllMocks());
	const answer = (status: number): void => {
		jest.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}, { status }));
	};

	it('is made with the scopes that it needs, and put into the credential', async () => {
		const n8n = fakeN8n(URL);
		expect(await connectKey(own, n8n)).toBe('new key');
		const { id, data } = ownCredential(own, URL, 'new key');
		expect(n8n.calls).toEqual([
			['createKey', own.label, scopes],
			['PATCH', `/credentials/${id}`, { data }],
		]);
		expect(data).toEqual({ apiKey: 'new key', baseUrl: `${URL}/api/v1` });
	});

	it('is kept as long as it works', async () => {
		answer(200);
		const n8n = fakeN8n(URL);
		expect(await connectKey(own, n8n, 'old key')).toBe('old key');
		expect(n8n.calls).toEqual([]);
	});

	it.each([401, 403])('is made anew when n8n refuses it with %i', async (status) => {
		answer(status);
		expect(await connectKey(own, fakeN8n(URL), 'old key')).toBe('new key');
	});

	it('is not made anew because n8n is unwell', async () => {
		answer(500);
		await expect(connectKey(own, fakeN8n(URL), 'old key')).rejects.toThrow('500');
	});
});
