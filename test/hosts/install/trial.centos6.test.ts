import { describe } from 'vitest';
import { describeTrial } from './trial';

describe('a trial on centos6', () => describeTrial('centos6'));
