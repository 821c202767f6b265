import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import type { Answer, Failure, FailureClass } from '../../../../protocol/errors';
import { urlOf } from '../../http/credentials';
import { fetchJson } from '../../http/fetchJson';
import { redact, secretsIn } from '../../http/secrets';
import { ConnectionFailure, type ConnectionFailureClass, type StreamProtocol } from './stream';

/** What a person must mend before another attempt can succeed; anything else may pass. */
const CLASSES: Readonly<Partial<Record<FailureClass, ConnectionFailureClass>>> = {
	badCredentials: 'badCredentials',
	// A gateway is asked with the id and the secret themselves: no other token would help.
	tokenExpired: 'badCredentials',
	permissionDenied: 'badCredentials',
	badRequest: 'badCredentials',
	quotaExhausted: 'tooMany',
};

/** A failure as a reason why there is no connection. */
export function connectionFailure(
	{ class: failureClass, code, message, cure, retryAfterMs }: Failure,
	{ service }: Pick<StreamProtocol, 'service'>,
	credential: ICredentialDataDecryptedObject,
): ConnectionFailure {
	const said = redact(message, secretsIn(credential, {})) || code;
	const text = `${service}: ${said} (${code})`;
	const found = new ConnectionFailure(CLASSES[failureClass] ?? 'unreachable', text, cure);
	return Object.assign(found, retryAfterMs !== undefined && { retryAfterMs });
}

/** A request for the address of a connection. */
export interface GatewayRequest {
	service: string;
	/** Below the credential's Base URL. */
	path: string;
	headers: Record<string, string>;
	values: IDataObject;
	classify(answer: Answer): Failure | undefined;
	/** The address in an answer; undefined where there is none. */
	urlIn(body: unknown): string | undefined;
}

/**
 * Asks a platform where to connect: one request.
 * @throws ConnectionFailure
 */
export async function askGateway(
	request: GatewayRequest,
	credential: ICredentialDataDecryptedObject,
): Promise<{ url: string; body: unknown }> {
	const { path, headers, values } = request;
	const gateway = urlOf(credential, path);
	const answer = await fetchJson({ method: 'POST', url: gateway, headers, values });
	const refusal = 'class' in answer ? answer : request.classify(answer);
	if (refusal) throw connectionFailure(refusal, request, credential);
	const { body } = answer as Answer;
	const url = request.urlIn(body) ?? '';
	if (!isSocketUrl(url, gateway)) {
		const cure = 'Check the base URL in the credential, and any proxy in between.';
		const text = `${request.service}: the answer names no address to connect to`;
		throw new ConnectionFailure('unreachable', text, cure);
	}
	return { url, body };
}

/** The address holds a ticket: it goes out in the clear only where the request for it did. */
function isSocketUrl(url: string, gateway: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hash } = new URL(url);
	// No WebSocket goes to a place within a page.
	if (hash) return false;
	return protocol === 'wss:' || (protocol === 'ws:' && gateway.startsWith('http:'));
}
