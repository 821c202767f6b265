import { createHash, createHmac } from 'node:crypto';

/** Alibaba Cloud's signature method V3 (V3 版本请求体&签名机制) for calls without a body. */
const ALGORITHM = 'ACS3-HMAC-SHA256';

export interface AliyunCall {
	method: 'GET' | 'POST';
	/** With the port where the address names one. */
	host: string;
	action: string;
	version: string;
	/** Parameters of the action; they go into the query. */
	query: Readonly<Record<string, string>>;
	/** `yyyy-MM-ddTHH:mm:ssZ`; a time over 15 minutes off is refused. */
	date: string;
	/** Never the same twice: a signature is good for one call. */
	nonce: string;
}

export interface AliyunKeys {
	accessKeyId: string;
	accessKeySecret: string;
}

export interface SignedCall {
	/** In exactly the form that was signed. */
	query: string;
	/** Without `host`, which the HTTP client sends by itself. */
	headers: Record<string, string>;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** RFC 3986: `encodeURIComponent` leaves five characters alone that must not stay. */
const encode = (text: string): string =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** The query and the headers of a signed call to `https://<host>/?<query>`. */
export function signCall(call: AliyunCall, keys: AliyunKeys): SignedCall {
	const query = Object.keys(call.query)
		.sort()
		.map((name) => `${encode(name)}=${encode(call.query[name]!)}`)
		.join('&');
	const body = sha256('');
	const headers: Record<string, string> = {
		'x-acs-action': call.action,
		'x-acs-content-sha256': body,
		'x-acs-date': call.date,
		'x-acs-signature-nonce': call.nonce,
		'x-acs-version': call.version,
	};
	const canonical = { host: call.host, ...headers };
	const names = Object.keys(canonical).sort() as Array<keyof typeof canonical>;
	const lines = names.map((name) => `${name}:${canonical[name]}\n`).join('');
	const signed = names.join(';');
	const request = [call.method, '/', query, lines, signed, body].join('\n');
	const signature = createHmac('sha256', keys.accessKeySecret)
		.update(`${ALGORITHM}\n${sha256(request)}`)
		.digest('hex');
	return {
		query,
		headers: {
			...headers,
			authorization: `${ALGORITHM} Credential=${keys.accessKeyId},SignedHeaders=${signed},Signature=${signature}`,
		},
	};
}
