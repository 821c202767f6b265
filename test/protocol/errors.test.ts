import { classifyNetwork, isRetryable, type FailureClass } from '../../protocol/errors';

const codes: Array<[string, FailureClass, RegExp]> = [
	['ERR_INVALID_URL', 'badRequest', /https:\/\//],
	['CERT_HAS_EXPIRED', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['DEPTH_ZERO_SELF_SIGNED_CERT', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['SELF_SIGNED_CERT_IN_CHAIN', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['ERR_TLS_CERT_ALTNAME_INVALID', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['HOSTNAME_MISMATCH', 'badRequest', /NODE_EXTRA_CA_CERTS/],
	['ECONNREFUSED', 'temporary', /firewall/],
	['ENOTFOUND', 'temporary', /firewall/],
	['ECONNRESET', 'unknownOutcome', /carried out/],
	['ETIMEDOUT', 'unknownOutcome', /carried out/],
	['ECONNABORTED', 'unknownOutcome', /carried out/],
];

test.each(codes)('%s of the network is %s', (code, failureClass, cure) => {
	expect(classifyNetwork(code)).toMatchObject({
		class: failureClass,
		code,
		cure: expect.stringMatching(cure),
	});
});

test('A request that can never be sent is not tried again, an address out of reach is', () => {
	const retried = codes.filter(([code]) => isRetryable(classifyNetwork(code).class));
	expect(retried.map(([code]) => code)).toEqual(['ECONNREFUSED', 'ENOTFOUND']);
});
