"""Uploads a file to the local stack in one of the ways that Python has: drop.py WAY FILE BUCKET KEY ENDPOINT."""

import sys

import awscrt
import boto3
import botocore.session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from s3transfer.crt import (
    BotocoreCRTCredentialsWrapper,
    BotocoreCRTRequestSerializer,
    CRTTransferManager,
    create_s3_crt_client,
)


def put_object(file, bucket, key, endpoint):
    with open(file, "rb") as body:
        boto3.client("s3", endpoint_url=endpoint).put_object(Bucket=bucket, Key=key, Body=body)


def upload_file(**extra):
    def upload(file, bucket, key, endpoint):
        # On a few EC2 instance types the default is 'crt', which ignores endpoint_url and sends to AWS: see `crt`.
        config = TransferConfig(preferred_transfer_client="classic")
        client = boto3.client("s3", endpoint_url=endpoint)
        client.upload_file(file, bucket, key, ExtraArgs=extra, Config=config)

    return upload


def crt(file, bucket, key, endpoint):
    """The transfer manager behind preferred_transfer_client='crt', without boto3.

    boto3/crt.py gives it endpoint_url None and use_ssl True, so from there it cannot reach a local endpoint.
    """
    session = botocore.session.Session()
    credentials = BotocoreCRTCredentialsWrapper(session.get_credentials())
    client = create_s3_crt_client(
        region=session.get_config_variable("region"),
        use_ssl=not endpoint.startswith("http:"),
        crt_credentials_provider=credentials.to_crt_credentials_provider(),
    )
    path_style = Config(s3={"addressing_style": "path"})
    serializer = BotocoreCRTRequestSerializer(session, {"endpoint_url": endpoint, "config": path_style})
    with CRTTransferManager(client, serializer) as manager:
        manager.upload(file, bucket, key).result()


ways = {
    "put-object": put_object,
    "upload-file": upload_file(),
    "crc64nvme": upload_file(ChecksumAlgorithm="CRC64NVME"),
    "crc32c": upload_file(ChecksumAlgorithm="CRC32C"),
    "crt": crt,
}

if sys.argv[1:] == ["--version"]:
    print(boto3.__version__, "with awscrt", awscrt.__version__)
else:
    way, *rest = sys.argv[1:]
    ways[way](*rest)
