import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { TagSuggestions } from './tag-suggestions.ts';

const app = new App();
const stack = new Stack(app, 'TagSuggestions');
new TagSuggestions(stack, 'TagSuggestions');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
