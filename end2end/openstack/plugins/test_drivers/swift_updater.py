"""swift-container-updater with the configuration folder as its first argument: it knows /etc/swift alone."""
import sys

from swift.common import utils
from swift.container import updater

if __name__ == "__main__":
    utils.set_swift_dir(sys.argv.pop(1))
    updater.main()
