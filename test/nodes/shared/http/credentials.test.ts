import type { IWebhookFunctions } from 'n8n-workflow';
import { triggerCredentialOf } from '../../../../nodes/shared/http/credentials';

/** What a trigger's context gives: a credential that counts how often it is read. */
function contextOf(id: string, read: () => Promise<object>): IWebhookFunctions {
	return {
		getNode: () => ({ credentials: { someApi: { id, name: 'x' } } }),
		getCredentials: read,
	} as unknown as IWebhookFunctions;
}

it('A trigger reads its credential once for the callbacks of five seconds', async () => {
	let reads = 0;
	const ctx = contextOf('once', async () => ({ version: ++reads }));
	const atOnce = await Promise.all(
		[0, 1, 4999].map((now) => triggerCredentialOf(ctx, 'someApi', now)),
	);
	expect(atOnce).toEqual([{ version: 1 }, { version: 1 }, { version: 1 }]);
	expect(await triggerCredentialOf(ctx, 'someApi', 5000)).toEqual({ version: 2 });
});

it('Two credentials are kept apart', async () => {
	const one = contextOf('one', async () => ({ of: 'one' }));
	const two = contextOf('two', async () => ({ of: 'two' }));
	expect(await triggerCredentialOf(one, 'someApi', 0)).toEqual({ of: 'one' });
	expect(await triggerCredentialOf(two, 'someApi', 0)).toEqual({ of: 'two' });
});

it('A credential that could not be read is read again', async () => {
	let reads = 0;
	const ctx = contextOf('broken', async () => {
		if (++reads === 1) throw new Error('the database is away');
		return {};
	});
	await expect(triggerCredentialOf(ctx, 'someApi', 0)).rejects.toThrow('away');
	await expect(triggerCredentialOf(ctx, 'someApi', 1)).resolves.toEqual({});
});
