#include "tests/client/mock_connection.h"

namespace fnn {

MockConnection::MockConnection() = default;
MockConnection::~MockConnection() = default;

std::shared_ptr<MockConnection> MockConnection::Strict() {
  return std::make_shared<::testing::StrictMock<MockConnection>>();
}

std::shared_ptr<MockConnection> MockConnection::Nice() {
  return std::make_shared<::testing::NiceMock<MockConnection>>();
}

}  // namespace fnn
