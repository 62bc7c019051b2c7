import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  type ISecurityGroup,
  type ISubnet,
  type IVpc,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Domain, EngineVersion, TLSSecurityPolicy } from 'aws-cdk-lib/aws-opensearchservice';
import type { Construct } from 'constructs';

/** The network in which a domain lives, and with it the keyword and the history function that ask it. */
export interface Network {
  readonly vpc: IVpc;
  /**
   * Subnets of the two functions and of a new domain.
   *
   * @default private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Security groups of the two functions; they must be let into an existing domain on port 443.
   *
   * @default one of its own; a new domain lets it in
   */
  readonly securityGroups?: ISecurityGroup[];
}

export interface NewDomainOptions {
  /**
   * Put the domain and the keyword function into a VPC. The subnets need a way to S3 (a gateway endpoint is free)
   * when articles come by `bodyLocation`.
   *
   * @default - an endpoint that the internet reaches and that answers signed requests only
   */
  readonly network?: Network;
  /**
   * One or three data nodes, the latter in three availability zones. While a single node is away the embedded engine
   * stands in: suggestions are degraded, not absent. Two would lose their quorum with either of them.
   *
   * @default 1
   */
  readonly dataNodes?: 1 | 3;
  /** @default t3.small.search */
  readonly instanceType?: string;
  /**
   * Storage of each data node, gp3.
   *
   * @default 10
   */
  readonly volumeGiB?: number;
  /**
   * What becomes of the domain when the stack is deleted. It holds the catalogue with its editors' changes.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

export interface ExistingDomainOptions {
  /** `https://…`, as the console shows it. */
  readonly endpoint: string;
  /** ARN of the domain: what the keyword function's policy names. */
  readonly domainArn: string;
  /** @default - the keyword function runs outside of any VPC */
  readonly network?: Network;
}

/** What the keyword function needs to know of a domain. */
export interface OpenSearchConnection {
  readonly url: string;
  readonly domainArn: string;
  readonly network?: Network & { readonly securityGroups: ISecurityGroup[] };
}

/** Where keywords come from: a domain made here, one that exists, or the embedded engine alone. */
export abstract class OpenSearch {
  /** A domain of its own: OpenSearch 2.19, encrypted at rest and between nodes, TLS 1.2, access by IAM alone. */
  static newDomain(options: NewDomainOptions = {}): OpenSearch {
    return new (class extends OpenSearch {
      connect(scope: Construct) {
        return createDomain(scope, options);
      }
    })();
  }

  /**
   * A domain that exists. A domain with fine-grained access control must map the roles of the keyword
   * and the history function (`tagSuggestions.keywordsFunction.role`, `tagSuggestions.history.function.role`) to a role
   * that reads and writes the four indices.
   */
  static existing(options: ExistingDomainOptions): OpenSearch {
    if (!options.endpoint.startsWith('https://')) {
      throw new Error(`the OpenSearch endpoint must start with https://, got ${options.endpoint}`);
    }
    return new (class extends OpenSearch {
      connect(scope: Construct) {
        const { endpoint: url, domainArn, network } = options;
        return { url, domainArn, ...(network && { network: withSecurityGroups(scope, network) }) };
      }
    })();
  }

  /** No OpenSearch: the embedded engine finds keywords with the counts that ship with the project. */
  static none(): OpenSearch {
    return new (class extends OpenSearch {
      connect() {
        return undefined;
      }
    })();
  }

  /** Called by the construct, once; undefined without OpenSearch. */
  abstract connect(scope: Construct): OpenSearchConnection | undefined;
}

/** The indices of an installation, by the end of their names. */
type Index = 'articles' | 'tags' | 'history' | 'forgotten';

/** Allows a function to read indices, or to read and write them and to take back what it wrote; no other index. */
export function allowIndices(
  f: IFunction,
  { domainArn }: OpenSearchConnection,
  indexPrefix: string,
  { read, write }: { readonly read: readonly Index[]; readonly write: readonly Index[] },
): void {
  const allow = (indices: readonly Index[], ...methods: string[]) =>
    f.addToRolePolicy(
      new PolicyStatement({
        actions: methods.map((method) => `es:ESHttp${method}`),
        resources: indices.map((index) => `${domainArn}/${indexPrefix}-${index}/*`),
      }),
    );
  allow(write, 'Get', 'Post', 'Put', 'Delete');
  allow(read, 'Get', 'Post');
}

function createDomain(scope: Construct, options: NewDomainOptions): OpenSearchConnection {
  const { dataNodes = 1, instanceType = 't3.small.search', volumeGiB = 10 } = options;
  const network = options.network && withSecurityGroups(scope, options.network);
  const domain = new Domain(scope, 'Domain', {
    version: EngineVersion.OPENSEARCH_2_19,
    capacity: { dataNodes, dataNodeInstanceType: instanceType, multiAzWithStandbyEnabled: false },
    ...(dataNodes > 1 && { zoneAwareness: { availabilityZoneCount: dataNodes } }),
    ebs: { volumeSize: volumeGiB },
    encryptionAtRest: { enabled: true },
    nodeToNodeEncryption: true,
    enforceHttps: true,
    tlsSecurityPolicy: TLSSecurityPolicy.TLS_1_2_PFS,
    enableAutoSoftwareUpdate: true,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
    ...(network && {
      vpc: network.vpc,
      vpcSubnets: [{ subnets: subnetsOf(network, dataNodes) }],
    }),
  });
  if (network) {
    for (const group of network.securityGroups) domain.connections.allowFrom(group, Port.HTTPS);
  }
  Validations.of(domain).acknowledge(
    ...(network
      ? []
      : [
          {
            id: 'AwsSolutions::AwsSolutions-OS1',
            reason:
              'Without a VPC of the deployer there is none to put it into. The endpoint answers requests only that are signed by a role whose policy names this domain; OpenSearch.newDomain({ network }) puts it into a VPC.',
          },
        ]),
    {
      id: 'AwsSolutions::AwsSolutions-OS3',
      reason:
        'Lambda has no fixed address that could be listed; roles are named instead, and in a VPC security groups.',
    },
    {
      id: 'AwsSolutions::AwsSolutions-OS4',
      reason:
        'Four small indices on one shard each: dedicated masters would cost more than the data nodes. While the cluster has no master the embedded engine stands in.',
    },
    {
      id: 'AwsSolutions::AwsSolutions-OS5',
      reason:
        'A domain without a resource policy is open to nobody: a request must be signed by a principal of this account whose own policy allows it. Only the keyword and the history function are given one.',
    },
    ...['INDEX_SLOW_LOGS', 'SEARCH_SLOW_LOGS'].map((log) => ({
      id: `AwsSolutions::AwsSolutions-OS9[LogExport::${log}]`,
      reason:
        'What is asked of the domain is the article: slow logs would copy its text into CloudWatch. The keyword function writes how long it took and what failed.',
    })),
    ...(dataNodes > 1
      ? []
      : [
          {
            id: 'AwsSolutions::AwsSolutions-OS7',
            reason:
              'A single node cannot span zones. Its absence degrades suggestions and does not stop them; dataNodes: 3 spans three zones.',
          },
        ]),
  );
  return {
    url: `https://${domain.domainEndpoint}`,
    domainArn: domain.domainArn,
    ...(network && { network }),
  };
}

/** A domain takes as many subnets as it has nodes, each in a zone of its own. */
function subnetsOf({ vpc, vpcSubnets }: Network, dataNodes: number): ISubnet[] {
  const { subnets } = vpc.selectSubnets({ ...vpcSubnets, onePerAz: true });
  if (subnets.length < dataNodes) {
    throw new Error(
      `a domain of ${dataNodes} data nodes needs subnets in ${dataNodes} availability zones, got ${subnets.length}`,
    );
  }
  return subnets.slice(0, dataNodes);
}

function withSecurityGroups(scope: Construct, network: Network) {
  const securityGroups = network.securityGroups ?? [
    new SecurityGroup(scope, 'KeywordsSecurityGroup', {
      vpc: network.vpc,
      description: 'Keyword function of tag suggestions',
    }),
  ];
  return { ...network, securityGroups };
}
