"""The names by which kinds of files are known, all in lower case: data for `kinds`."""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


SOURCE_ENDINGS = _words(
    "bash bat c cc clj cljs coffee cpp cs cu cxx dart elm erl ex exs f90 fs fsx go groovy h hh hpp",
    "hrl hs hxx java jl js jsx kt kts lua m mjs cjs ml mli mm mts cts nim nix php pl pm ps1 py pyi",
    "pyx r rb rs scala sh sol sql svelte swift ts tsx v vb vhd vue zig zsh",
)
DOCS_ENDINGS = _words("adoc asciidoc markdown md mdx rst")
CONFIG_ENDINGS = _words("cfg conf env ini json json5 jsonc properties toml xml yaml yml")
ASSET_ENDINGS = _words(
    "avif bmp css eot gif ico jpeg jpg less mov mp3 mp4 ogg otf pdf png po pot psd sass scss svg",
    "ttf wav webm webp woff woff2",
)
"""What is looked at or listened to, style sheets, and translations."""

BINARY_ENDINGS = _words(
    "7z a aar apk bin bz2 class dat deb dll dylib ear exe gz ipa jar ko lib lz4 lzma msi node o",
    "pickle pkl pyc pyd rpm so tar tgz wasm war whl xz zip zst",
)
"""Programs and archives: what runs, or hides, without being readable in a diff."""

TEST_FOLDERS = _words(
    "__tests__ __fixtures__ __mocks__ cypress e2e fixtures spec specs test testdata tests",
)
FIXTURE_FOLDERS = _words("__fixtures__ fixtures testdata")
"""Folders whose files only pretend: a manifest in there installs nothing."""

DOCS_FOLDERS = _words("doc docs documentation")
DOCS_STEMS = _words(
    "authors changelog contributors copying licence license maintainers notice readme",
)
"""Names that are documentation with the ending .txt, or with none."""

TRANSLATION_FOLDERS = _words("i18n l10n lang locale locales translations")

MANIFEST_NAMES = _words(
    ".npmrc build.gradle build.gradle.kts build.sbt cargo.toml cartfile composer.json",
    "conanfile.py conanfile.txt deno.json directory.packages.props environment.yml gemfile go.mod",
    "go.work libs.versions.toml mix.exs package.json package.swift packages.config",
    "paket.dependencies pip.conf pipfile pnpm-workspace.yaml podfile pom.xml pubspec.yaml",
    "pyproject.toml rebar.config settings.gradle settings.gradle.kts setup.cfg setup.py stack.yaml",
    "vcpkg.json",
)
MANIFEST_ENDINGS = _words("cabal csproj fsproj gemspec nuspec podspec vbproj")

CI_NAMES = _words(
    ".appveyor.yml .drone.yml .gitlab-ci.yml .travis.yml .woodpecker.yml appveyor.yml",
    "azure-pipelines.yml bitbucket-pipelines.yml cloudbuild.yaml cloudbuild.yml jenkinsfile",
)
CI_FOLDERS = (
    *("/.buildkite/", "/.ci/", "/.circleci/", "/.github/actions/", "/.github/workflows/"),
    *("/.gitlab/ci/", "/.tekton/"),
)

CONTAINER_STEMS = _words("compose containerfile docker-compose dockerfile")
"""What stands before the first dot."""

INFRASTRUCTURE_ENDINGS = _words("bicep hcl nomad service tf tfvars timer")
INFRASTRUCTURE_NAMES = _words(
    "chart.yaml cdk.json helmfile.yaml kustomization.yaml kustomization.yml nginx.conf procfile",
    "pulumi.yaml serverless.yaml serverless.yml skaffold.yaml template.yaml vagrantfile",
)
INFRASTRUCTURE_FOLDERS = _words(
    "ansible argocd cdk charts cloudformation flux helm k8s kubernetes kustomize pulumi terraform",
    "terragrunt",
)
"""Everything that is not documentation in there makes infrastructure."""

DEPLOYMENT_FOLDERS = _words("deploy deployment deployments infra infrastructure ops")
"""In there, only settings do; the words also name layers of programs."""

DEPLOYMENT_ENDINGS = _words("conf j2 json sh tmpl toml tpl yaml yml")

API_SCHEMA_ENDINGS = _words("avdl avsc gql graphql graphqls proto raml thrift wsdl xsd")
API_SCHEMA_BEGINNINGS = ("openapi", "swagger", "asyncapi")

MIGRATION_FOLDERS = _words("alembic flyway liquibase migrations")
NUMBERED_MIGRATION_FOLDERS = _words("changelog migrate migration")
"""Folders that hold migrations where the files' names begin with a number."""

MIGRATION_NAMES = _words("schema.prisma schema.rb schema.sql structure.sql")
MIGRATION_ENDINGS = SOURCE_ENDINGS | _words("json xml yaml yml")
MIGRATION_STEMS = _words("migration migrations")

SECRET_ENDINGS = _words("jks key keystore kdbx p12 pem pfx ppk")
REVIEW_RULES = _words(".countersign.yml codeowners policy.yml")
"""Files that say who has to review what."""

AUTH_WORDS = _words(
    "2fa acl auth authenticate authentication authenticator authn authorisation authorise",
    "authorization authorize authorizer authz authorizers iam impersonation jwt kerberos keycloak",
    "ldap login logins logout mfa oauth oauth2 oidc otp passkey passkeys password passwords passwd",
    "permission permissions rbac saml signin signup sso sudo sudoers totp webauthn",
)
CRYPTO_WORDS = _words(
    "aes cipher ciphers crypt crypto cryptography decrypt decryption encrypt encryption hmac kms",
    "pki rsa ssl tls x509",
)
SECRET_WORDS = _words("credential credentials secret secrets vault")
PAYMENT_WORDS = _words(
    "adyen billing braintree checkout chargeback chargebacks iban invoice invoices invoicing",
    "payment payments payout payouts paypal refund refunds sepa stripe",
)
