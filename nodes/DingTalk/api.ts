import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
} from 'n8n-workflow';
import type { Priority } from '../../core/delivery/delivery';
import { classify } from '../../protocol/dingtalk/errors';
import { appCharges, robotCharges, sessionCharges } from '../../protocol/dingtalk/limits';
import type { Failure } from '../../protocol/errors';
import { signWebhookUrl } from '../../protocol/dingtalk/sign';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/http/tokens';
import { request, type ApiRequest } from '../shared/http/transport';

const service = 'DingTalk';

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	priority: Priority,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'dingTalkGroupRobotApi');
	const limit = { charges: robotCharges(credentialKey(credential)), priority };
	const url = signWebhookUrl(
		String(credential.webhookUrl).trim(),
		String(credential.secret ?? '').trim(),
		String(Date.now()),
	);
	// Its `msgUuid` makes a repetition the same message; a session webhook takes the same bodies.
	return await post(ctx, url, body, { credential, itemIndex, limit, idempotent: true });
}

/** Answers through a conversation's session webhook, which needs no token. */
export async function callSession(
	ctx: IExecuteFunctions,
	session: { sessionWebhook: string; conversationId: string },
	body: object,
	priority: Priority,
	itemIndex: number,
): Promise<IDataObject> {
	const { sessionWebhook, conversationId } = session;
	const limit = { charges: sessionCharges(conversationId), priority };
	const call = { credential: { sessionWebhook }, itemIndex, limit, idempotent: true };
	return await post(ctx, sessionWebhook, body, call);
}

interface AppCall {
	priority: Priority;
	/** People who get it; a group is nobody. */
	users: string[];
	/** What a successful answer may still say against it. */
	judge?: (answer: IDataObject) => Failure | undefined;
}

/** Calls an API of the app, with its access token. */
export async function callApp(
	ctx: IExecuteFunctions,
	path: string,
	body: object,
	{ priority, users, judge }: AppCall,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'dingTalkAppApi');
	const key = credentialKey(credential);
	const limit = { charges: appCharges(key, users), priority };
	return await withToken(
		key,
		async () => await fetchToken(ctx, credential, itemIndex),
		async (token) => {
			const headers = { 'x-acs-dingtalk-access-token': token };
			return await post(ctx, urlOf(credential, path), body, {
				credential,
				itemIndex,
				headers,
				judge,
				limit,
			});
		},
	);
}

/** The app's robot (RobotCode); the Client ID where the credential names none. */
export function robotCodeOf(credential: ICredentialDataDecryptedObject): string {
	return String(credential.robotCode || credential.clientId);
}

async function fetchToken(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<AccessToken> {
	const body = { appKey: credential.clientId, appSecret: credential.clientSecret };
	const url = urlOf(credential, '/v1.0/oauth2/accessToken');
	const call = { credential, itemIndex, idempotent: true, shared: true };
	const answer = await post(ctx, url, body, call);
	return { value: String(answer.accessToken), lifeMs: Number(answer.expireIn) * 1000 };
}

interface Call
	extends Pick<ApiRequest, 'credential' | 'itemIndex' | 'idempotent' | 'shared' | 'limit'> {
	headers?: IDataObject;
	judge?: (answer: IDataObject) => Failure | undefined;
}

async function post(
	ctx: IExecuteFunctions,
	url: string,
	body: object,
	{ headers, judge, ...call }: Call,
): Promise<IDataObject> {
	const method: IHttpRequestMethods = 'POST';
	const options = { method, url, body: body as IDataObject, headers };
	return await request(ctx, {
		service,
		options,
		classify: (answer) => classify(answer) ?? judge?.(answer.body as IDataObject),
		...call,
	});
}
