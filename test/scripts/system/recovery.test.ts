import { connectRecovery, recoveryCredential } from '../../../scripts/system/recovery';

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

describe('the key that recovers executions', () => {
	afterEach(() => jest.restoreAllMocks());
	const answer = (status: number): void => {
		jest.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({}, { status }));
	};

	it('is made with the scopes that it needs, and put into the credential', async () => {
		const n8n = fakeN8n(URL);
		expect(await connectRecovery(n8n)).toBe('new key');
		const { id, data } = recoveryCredential(URL, 'new key');
		expect(n8n.calls).toEqual([
			[
				'createKey',
				'clawbot recovery',
				['execution:list', 'execution:read', 'execution:retry', 'securityAudit:generate'],
			],
			['PATCH', `/credentials/${id}`, { data }],
		]);
		expect(data).toEqual({ apiKey: 'new key', baseUrl: `${URL}/api/v1` });
	});

	it('is kept as long as it works', async () => {
		answer(200);
		const n8n = fakeN8n(URL);
		expect(await connectRecovery(n8n, 'old key')).toBe('old key');
		expect(n8n.calls).toEqual([]);
	});

	it.each([401, 403])('is made anew when n8n refuses it with %i', async (status) => {
		answer(status);
		expect(await connectRecovery(fakeN8n(URL), 'old key')).toBe('new key');
	});

	it('is not made anew because n8n is unwell', async () => {
		answer(500);
		await expect(connectRecovery(fakeN8n(URL), 'old key')).rejects.toThrow('500');
	});
});
