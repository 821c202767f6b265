import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
} from 'n8n-workflow';
import { classify } from '../../protocol/feishu/errors';
import { signBody } from '../../protocol/feishu/sign';
import { credentialOf } from '../shared/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/tokens';
import { request, type Caller } from '../shared/transport';

const service = 'Feishu';

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuGroupRobotApi');
	const seconds = String(Math.floor(Date.now() / 1000));
	const signed = signBody(body, String(credential.secret ?? ''), seconds);
	const method: IHttpRequestMethods = 'POST';
	const options = { method, url: String(credential.webhookUrl), body: signed as IDataObject };
	return await request(ctx, { service, options, classify, credential, itemIndex });
}

/** Posts to an API of the app, with its access token. */
export async function callApp(
	ctx: IExecuteFunctions,
	path: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'feishuAppApi');
	return await callWithToken(ctx, credential, 'POST', path, { body, itemIndex });
}

/** Any call of the app, from any place that has its credential. */
export async function callWithToken(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	method: IHttpRequestMethods,
	path: string,
	{ body, itemIndex }: { body?: object; itemIndex?: number } = {},
): Promise<IDataObject> {
	return await withToken(
		credentialKey(credential),
		async () => await fetchToken(ctx, credential, itemIndex),
		async (accessToken) => {
			const headers = { authorization: `Bearer ${accessToken}` };
			// The token is struck out of messages as the secrets are.
			const secrets = { ...credential, accessToken };
			const options = {
				method,
				url: urlOf(credential, path),
				headers,
				...(body && { body: body as IDataObject }),
			};
			return await request(ctx, { service, options, classify, credential: secrets, itemIndex });
		},
	);
}

async function fetchToken(
	ctx: Caller,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number | undefined,
): Promise<AccessToken> {
	const method: IHttpRequestMethods = 'POST';
	const url = urlOf(credential, '/open-apis/auth/v3/tenant_access_token/internal');
	const body = { app_id: credential.appId, app_secret: credential.appSecret };
	const options = { method, url, body };
	const answer = await request(ctx, { service, options, classify, credential, itemIndex });
	return { value: String(answer.tenant_access_token), lifeMs: Number(answer.expire) * 1000 };
}

function urlOf(credential: ICredentialDataDecryptedObject, path: string): string {
	return `${String(credential.baseUrl).replace(/\/+$/, '')}${path}`;
}
